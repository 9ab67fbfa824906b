import { answerPieces } from "./answer-pieces.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";
import { benignTicks, keyDays } from "./digest.js";
import type { FleetLog } from "./fleet-log.js";
import { judgeKeyLife } from "./judge-key-life.js";
import { FIRST_JUDGED_TICK, FROM, TICKS } from "./protocol.js";
import { KeyTraffic } from "./traffic-of-key.js";

/** Scores below this are no notice under any budget that is asked about. */
export const LEAST_SCORE = 6.5;

/** A tick at which a key scored so much, with what else an automatic containment goes by. */
export interface Crossing {
  readonly tick: number;
  readonly score: number;
  /** Days of history that it was judged against. */
  readonly historyDays: number;
  /** Whether the key was judged as one of its first days. */
  readonly isYoung: boolean;
  /** Whether it lies within an attack, or a day after one. */
  readonly isTheft: boolean;
}

/** What a key came to in three weeks. */
export interface KeyCrossings {
  readonly benignDays: number;
  /** Thefts in which at least one request was made after judging began. */
  readonly thefts: number;
  readonly crossings: readonly Crossing[];
}

answerPieces((fleet, log, _, index) => crossingsOf(fleet, log, index));

function crossingsOf(fleet: Fleet, log: FleetLog, index: number): KeyCrossings {
  const key = new KeyTraffic(fleet, index);
  const found: Omit<Crossing, "isTheft">[] = [];
  const life = { limitPerMinute: key.limitPerMinute, days: key.days(), beginning: log.beginningOf(index) };
  judgeKeyLife(life, FIRST_JUDGED_TICK, (tick, _, result, { historyDays, isYoung }) => {
    if (result !== null && result.value >= LEAST_SCORE) found.push({ tick, score: result.value, historyDays, isYoung });
  });
  const thefts = key.thefts();
  const bornSlot = key.bornAt === null ? TICKS : Math.floor((key.bornAt - FROM) / SLOT_MS);
  const benign = benignTicks(TICKS, bornSlot, thefts);
  return {
    benignDays: keyDays(benign.reduce((sum, is) => sum + is, 0)),
    thefts: thefts.length,
    crossings: found.map(({ tick, score, historyDays, isYoung }) => {
      return { tick, score, historyDays, isYoung, isTheft: benign[tick] === 0 };
    }),
  };
}
