import { Random } from "../../src/local/simulator/random.js";
import { SLOTS_PER_DAY } from "../../src/model/finding/window.js";
import { ALL_FOUNDS } from "../bench/detection/beginning.js";
import { judgeKeyLife } from "../bench/detection/judge-key-life.js";
import { FROM } from "../bench/detection/protocol.js";
import { SlotSums } from "../bench/detection/slot-sums.js";
import { sourceOf, type Source } from "../bench/detection/source-of.js";
import type { DayTraffic } from "../bench/detection/day-traffic.js";

const MINUTE = 60_000;
const MINUTES_PER_SLOT = 5;

/** Somebody who calls at a minute of the life, and how often on average. */
export interface Caller {
  readonly source: Source;
  readonly perMinute: number;
  /** Makes exactly so many requests, without chance. */
  readonly exact?: boolean;
}

/** A host of the given kind; each name is in networks of its own. */
export function host(name: number, type: Source["type"]): Source {
  return sourceOf(`${100 + name}.${name}.${name}.1`, 64_500 + name, type, () => true);
}

/**
 * Lives through days of a key whose callers are given minute by minute (minute 0 is its first), and gives the score of every
 * five-minute tick; -Infinity where nothing was to be judged.
 */
export function liveThrough(life: {
  readonly days: number;
  readonly limitPerMinute?: number;
  readonly microsPerRequest?: number;
  /** Every count is so many times what chance drew. */
  readonly scale?: number;
  readonly callers: (minute: number) => readonly Caller[];
  readonly seed?: number;
}): { readonly scores: Float64Array; readonly rateSurprise: Float64Array } {
  const random = new Random(life.seed ?? 1, "key life");
  const cost = life.microsPerRequest ?? 1000;
  function* days(): Generator<DayTraffic> {
    for (let index = 0; index < life.days; index += 1) {
      const [requests, spend] = [new Float64Array(SLOTS_PER_DAY), new Float64Array(SLOTS_PER_DAY)];
      const [sources, routes] = [new SlotSums<Source>(), new SlotSums<string>()];
      for (let minute = 0; minute < 1440; minute += 1) {
        const at = FROM + (index * 1440 + minute) * MINUTE;
        const slot = Math.floor(minute / MINUTES_PER_SLOT);
        for (const { source, perMinute, exact } of life.callers(index * 1440 + minute)) {
          const drawn = exact === true ? Math.round(perMinute) : random.poisson(perMinute);
          const count = drawn * (life.scale ?? 1);
          if (count === 0) continue;
          requests[slot]! += count;
          spend[slot]! += count * cost;
          sources.add(slot, at, source, count, count * cost);
          routes.add(slot, at, "/v1/x", count, count * cost);
        }
      }
      const rows = { sources: sources.rows, routes: routes.rows, clients: [], refused: [] };
      yield { index, bornAt: FROM, requests, spendMicros: spend, ...rows };
    }
  }
  const scores = new Float64Array(life.days * SLOTS_PER_DAY).fill(-Infinity);
  const rateSurprise = new Float64Array(scores.length);
  judgeKeyLife(
    { limitPerMinute: life.limitPerMinute ?? null, days: days(), beginning: ALL_FOUNDS },
    0,
    (tick, _bins, result) => {
      if (result === null) return;
      scores[tick] = result.value;
      rateSurprise[tick] = Math.max(...result.surprises.map(({ rate }) => rate));
    },
  );
  return { scores, rateSurprise };
}

/** The highest score between two days of a life (fractions count). */
export function highest(scores: Float64Array, fromDay: number, toDay: number): number {
  return scores
    .slice(Math.round(fromDay * SLOTS_PER_DAY), Math.round(toDay * SLOTS_PER_DAY))
    .reduce((a, b) => Math.max(a, b), -Infinity);
}
