import { parentPort } from "node:worker_threads";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { countDays } from "./day-counts.js";
import { openOrder } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";

// A thread of the fleet table: gets pieces of work, answers with one sum over their keys.
let open: { readonly name: string; readonly fleet: Fleet } | null = null;

parentPort!.on("message", ({ order, indexes }: WorkPiece) => {
  const name = JSON.stringify(order);
  if (open?.name !== name) open = { name, fleet: openOrder(order) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage([countDays(open.fleet, indexes)]);
});
