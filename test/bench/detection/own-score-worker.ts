import { parentPort } from "node:worker_threads";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { benignTicks, digest, type KeyDigest } from "./digest.js";
import { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { FIRST_JUDGED_TICK, FROM, openOrder, TICKS } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";
import { KeyTraffic } from "./traffic-of-key.js";

// A thread that asks Plimsoll's own score alone, for questions of how rare the highest scores are: those take many key-days.
let open: { readonly name: string; readonly fleet: Fleet; readonly log: FleetLog } | null = null;

parentPort!.on("message", ({ order, indexes }: WorkPiece) => {
  const name = JSON.stringify(order);
  if (open?.name !== name) {
    const fleet = openOrder(order);
    open = { name, fleet, log: new FleetLog(fleet) };
  }
  const { fleet, log } = open;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(indexes.map((index) => judgeKey(fleet, log, order.seed, index)));
});

function judgeKey(fleet: Fleet, log: FleetLog, seed: number, index: number): KeyDigest {
  const key = new KeyTraffic(fleet, index);
  const scores = new Float32Array(TICKS);
  const life = { limitPerMinute: key.limitPerMinute, days: key.days(), beginning: log.beginningOf(index) };
  judgeKeyLife(life, FIRST_JUDGED_TICK, (tick, _, result) => {
    if (result !== null) scores[tick] = result.value;
  });
  const thefts = key.thefts();
  const bornSlot = key.bornAt === null ? TICKS : Math.floor((key.bornAt - FROM) / SLOT_MS);
  const benign = benignTicks(TICKS, bornSlot, thefts);
  return {
    truth: {
      seed,
      index,
      benignTicks: benign.reduce((sum, is) => sum + is, 0),
      attacks: thefts.map(({ kind, origin, copiesClient, from, spendUntil }) => {
        return { kind, origin, copiesClient, from, spendMicros: spendUntil.at(-1)! };
      }),
    },
    detectors: [digest(scores, benign, thefts)],
  };
}
