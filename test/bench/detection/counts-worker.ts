import { parentPort } from "node:worker_threads";
import type { AttackRequest } from "../../../src/local/simulator/attacks.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { simulateFleet } from "../../../src/local/simulator/simulate-fleet.js";
import { DAY_MS } from "../../../src/time/day.js";
import { judgeCounts } from "./judge-counts.js";
import { DAYS, FROM, type FleetOrder } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";

// A thread of the bench of caller counts: gets pieces of work, answers with what came of each key.
let open: { readonly name: string; readonly fleet: Fleet } | null = null;

parentPort!.on("message", ({ order, indexes }: WorkPiece) => {
  const name = JSON.stringify(order);
  if (open?.name !== name) open = { name, fleet: openFleetOf(order) };
  const { fleet } = open;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(indexes.map((index) => judgeCounts(fleet, order.seed, index)));
});

/** The fleet of an order, of whose attackers each sits on the owner's host. */
function openFleetOf({ seed, keys, attacksPerKind, kinds }: FleetOrder): Fleet {
  const attacks = Array.from({ length: attacksPerKind }, () => kinds)
    .flat()
    .map((kind): AttackRequest => ({ kind, origin: "own_host" }));
  return simulateFleet({ seed, keys, from: FROM, to: FROM + DAYS * DAY_MS, attacks });
}
