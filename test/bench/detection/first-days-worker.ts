import { parentPort } from "node:worker_threads";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { addCounts, countLife, NO_DAYS, type DayCounts } from "./day-counts.js";
import { FleetLog } from "./fleet-log.js";
import { FIRST_DAYS, FIRST_JUDGED_TICK, openOrder } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";
import { KeyTraffic } from "./traffic-of-key.js";

// A thread of the tables of first days: gets pieces of work, answers with one sum over their new keys.
let open: { readonly name: string; readonly fleet: Fleet; readonly log: FleetLog } | null = null;

parentPort!.on("message", ({ order, indexes }: WorkPiece) => {
  const name = JSON.stringify(order);
  if (open?.name !== name) {
    const fleet = openOrder(order);
    open = { name, fleet, log: new FleetLog(fleet) };
  }
  const { fleet, log } = open;
  const first = order.keys - (order.newcomers ?? 0);
  const sums: Record<"new" | "dormant", DayCounts> = { new: NO_DAYS, dormant: NO_DAYS };
  for (const index of indexes.filter((one) => one >= first)) {
    const bornAt = log.bornAt(index);
    if (bornAt === Infinity) continue;
    const beginnings = { new: log.newAt(index, bornAt), dormant: { kind: "dormant" } } as const;
    for (const kind of ["new", "dormant"] as const) {
      const of = { beginning: beginnings[kind], from: FIRST_JUDGED_TICK, days: FIRST_DAYS };
      sums[kind] = addCounts(sums[kind], countLife(new KeyTraffic(fleet, index), of));
    }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage([sums]);
});
