import type { Expectation } from "../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC, SYSTEM_LEVELS, type NovelTraffic } from "../model/finding/novelty.js";
import { perWindow, type PerWindow } from "../model/finding/window.js";

/** What a key does, and what of it is new: as in KeyTick. */
interface Familiar {
  readonly requests: PerWindow;
  readonly spendMicros: PerWindow;
  readonly novel: NovelTraffic;
}

/**
 * Requests with those that have moved on to keys that succeed it: what the key lacks of what is expected, as far as these make it from
 * networks that they know. Without that an attacker of the old key would pass for its callers, who are on the new one.
 * @param movedOn requests of the keys that succeed it from networks that these know
 */
export function withMovedOn(
  tick: Pick<Familiar, "requests" | "novel"> & { readonly expectation: Pick<Expectation, "requests"> | null },
  movedOn: PerWindow,
): PerWindow {
  if (tick.expectation === null) return tick.requests;
  const familiar = familiarRequests(tick);
  const { requests } = tick.expectation;
  return perWindow((w) => tick.requests[w]! + Math.min(movedOn[w]!, Math.max(0, requests[w]! - familiar[w]!)));
}

/** Requests from networks that the key knows. */
export function familiarRequests({ requests, novel }: Pick<Familiar, "requests" | "novel">): PerWindow {
  if (novel === NO_NOVEL_TRAFFIC) return requests;
  return perWindow((w) => {
    const placed = SYSTEM_LEVELS.reduce((sum, level) => sum + novel.requests[level]![w]!, 0);
    return Math.max(0, requests[w]! - placed - novel.unplacedRequests[w]!);
  });
}

/** Spend (micro-dollars) from networks that the key knows; what unplaced requests cost is taken to be their share. */
export function familiarSpend({ requests, spendMicros, novel }: Familiar): PerWindow {
  if (novel === NO_NOVEL_TRAFFIC) return spendMicros;
  return perWindow((w) => {
    const placed = SYSTEM_LEVELS.reduce((sum, level) => sum + novel.spendMicros[level]![w]!, 0);
    const unplaced = (spendMicros[w]! * novel.unplacedRequests[w]!) / Math.max(1, requests[w]!);
    return Math.max(0, spendMicros[w]! - placed - unplaced);
  });
}
