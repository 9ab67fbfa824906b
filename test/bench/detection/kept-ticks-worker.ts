import { answerPieces } from "./answer-pieces.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import type { Score } from "../../../src/detect/fusion.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { firstDaysOf } from "./beginning.js";
import { benignTicks } from "./digest.js";
import type { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { keepTicks, type KeptKey } from "./kept-ticks.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "./protocol.js";
import { KeyTraffic } from "./traffic-of-key.js";

// A thread of the fit: gets pieces of work, answers with the ticks of their keys that can matter.
answerPieces(keepKey);

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
