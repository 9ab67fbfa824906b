import { parentPort } from "node:worker_threads";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import type { Score } from "../../../src/detect/fusion.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { firstDaysOf } from "./beginning.js";
import { benignTicks } from "./digest.js";
import { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { keepTicks, type KeptKey } from "./kept-ticks.js";
import { FIRST_JUDGED_TICK, FROM, openOrder, TICKS } from "./protocol.js";
import type { WorkPiece } from "./share-work.js";
import { KeyTraffic } from "./traffic-of-key.js";

// A thread of the fit: gets pieces of work, answers with the ticks of their keys that can matter.
let open: { readonly name: string; readonly fleet: Fleet; readonly log: FleetLog } | null = null;

parentPort!.on("message", ({ order, indexes }: WorkPiece) => {
  const name = JSON.stringify(order);
  if (open?.name !== name) {
    const fleet = openOrder(order);
    open = { name, fleet, log: new FleetLog(fleet) };
  }
  const { fleet, log } = open;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort!.postMessage(indexes.map((index) => keepKey(fleet, log, order.seed, index)));
});

/** A key's first days have a score of their own: neither they nor thefts that begin in them say anything of weights. */
function keepKey(fleet: Fleet, log: FleetLog, seed: number, index: number): KeptKey {
  const key = new KeyTraffic(fleet, index);
  const beginning = log.beginningOf(index);
  const judged: (readonly [number, Score])[] = [];
  const life = { limitPerMinute: key.limitPerMinute, days: key.days(), beginning };
  judgeKeyLife(life, FIRST_JUDGED_TICK, (tick, _, result) => {
    if (result !== null && result.firstDays === null) judged.push([tick, result]);
  });
  const bornAt = key.bornAt ?? Infinity;
  const pastFrom = firstDaysOf(beginning, bornAt)?.until ?? bornAt;
  const thefts = key.thefts();
  const benign = benignTicks(TICKS, Math.min(TICKS, Math.floor((pastFrom - FROM) / SLOT_MS)), thefts);
  const known = thefts.filter(({ from }) => from >= pastFrom);
  return {
    seed,
    benignTicks: benign.reduce((sum, is) => sum + is, 0),
    thefts: known.length,
    rows: keepTicks(judged, benign, known),
  };
}
