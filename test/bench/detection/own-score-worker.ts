import { answerPieces } from "./answer-pieces.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { benignTicks, digest, isJudged, type KeyDigest } from "./digest.js";
import { firstDaysCase } from "./first-days-case.js";
import type { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "./protocol.js";
import { KeyTraffic } from "./traffic-of-key.js";

// A thread that asks Plimsoll's own score alone, for questions of how rare the highest scores are: those take many key-days.
answerPieces(judgeKey);

function judgeKey(fleet: Fleet, log: FleetLog, seed: number, index: number): KeyDigest {
  const key = new KeyTraffic(fleet, index);
  const scores = new Float32Array(TICKS);
  const beginning = log.beginningOf(index);
  const life = { limitPerMinute: key.limitPerMinute, days: key.days(), beginning };
  judgeKeyLife(life, FIRST_JUDGED_TICK, (tick, _, result) => {
    if (result !== null) scores[tick] = result.value;
  });
  const thefts = key.thefts();
  const judged = thefts.filter(isJudged);
  const bornSlot = key.bornAt === null ? TICKS : Math.floor((key.bornAt - FROM) / SLOT_MS);
  const benign = benignTicks(TICKS, bornSlot, thefts);
  return {
    truth: {
      seed,
      index,
      benignTicks: benign.reduce((sum, is) => sum + is, 0),
      attacks: judged.map((theft) => {
        const { kind, origin, copiesClient, from, spendUntil } = theft;
        const firstDays = firstDaysCase(theft, beginning);
        return { kind, origin, copiesClient, firstDays, from, spendMicros: spendUntil.at(-1)! };
      }),
    },
    detectors: [digest(scores, benign, judged)],
  };
}
