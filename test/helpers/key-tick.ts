import { NO_REFUSALS } from "../../src/model/finding/refusals.js";
import type { KeyTick } from "../../src/detect/measure.js";
import type { Expectation } from "../../src/model/finding/baseline.js";
import {
  NOVELTY_LEVELS,
  NO_NOVEL_TRAFFIC,
  type NoveltyLevel,
  type NovelTraffic,
} from "../../src/model/finding/novelty.js";
import { perWindow, WINDOW_MINUTES, type PerWindow } from "../../src/model/finding/window.js";

/** So many a minute, in each window. */
export const steady = (perMinute: number): PerWindow => perWindow((w) => perMinute * WINDOW_MINUTES[w]!);

/** What a key that is known for a month is expected to do, with the noise of the specification's priors. */
export function expecting(perMinute: number): Expectation {
  const requests = perWindow((w) => perMinute * WINDOW_MINUTES[w]!);
  return {
    requests,
    rateVariance: perWindow((w) => 1 / (requests[w]! + 1) + [0.25, 0.22, 0.2, 0.16][w]! ** 2),
    spendVariance: perWindow((w) => 1 / (requests[w]! + 1) + [0.35, 0.3, 0.25, 0.2][w]! ** 2),
  };
}

/** Traffic that is new to a key at some levels, in so many slots as there are requests, at most all of them. */
export function novelAt(levels: readonly NoveltyLevel[], requests: PerWindow, microsEach = 0): NovelTraffic {
  const only = (value: (w: number) => number) =>
    NOVELTY_LEVELS.map((level) => perWindow((w) => (levels.includes(level) ? value(w) : 0)));
  return {
    requests: only((w) => requests[w]!),
    spendMicros: only((w) => requests[w]! * microsEach),
    slots: only((w) => Math.min(Math.ceil(requests[w]!), WINDOW_MINUTES[w]! / 5)),
    unplacedRequests: perWindow(() => 0),
    firstDays: null,
  };
}

/** A month-old key without a limit that does exactly what is expected, ten requests a minute, with what a test changes. */
export function keyTick(changed: Partial<KeyTick> = {}): KeyTick {
  return {
    requests: steady(10),
    spendMicros: steady(0),
    novel: NO_NOVEL_TRAFFIC,
    expectation: expecting(10),
    churn: [],
    spendPerRequest: 0,
    ageDays: 30,
    isPlaced: true,
    floors: null,
    currentShare: 0,
    refusals: NO_REFUSALS,
    ...changed,
  };
}

/** What all traffic from a hosting company that a key never used is novel at. */
export const FROM_HOSTING: readonly NoveltyLevel[] = ["asn_hosting", "net16", "net24", "ip"];
