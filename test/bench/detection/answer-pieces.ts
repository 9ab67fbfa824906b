import { parentPort } from "node:worker_threads";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { FleetLog } from "./fleet-log.js";
import { openOrder } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";

/** In a thread of a bench, answers pieces of work by what is made of each of their keys; elsewhere it does nothing. */
export function answerPieces(judge: (fleet: Fleet, log: FleetLog, seed: number, index: number) => unknown): void {
  let open: { readonly name: string; readonly fleet: Fleet; readonly log: FleetLog } | null = null;
  parentPort?.on("message", ({ order, indexes }: WorkPiece) => {
    const name = JSON.stringify(order);
    if (open?.name !== name) {
      const fleet = openOrder(order);
      open = { name, fleet, log: new FleetLog(fleet) };
    }
    const { fleet, log } = open;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort!.postMessage(indexes.map((index) => judge(fleet, log, order.seed, index)));
  });
}
