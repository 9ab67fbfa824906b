import { forecast, newForecast, tickMarks } from "../../baseline/outlook.js";
import { deservesLook, highestFloor } from "../../detect/first-look.js";
import { couldMatter } from "../../detect/judge-key.js";
import type { KeyTick } from "../../detect/measure.js";
import type { Thresholds } from "../../detect/threshold.js";
import { NOVEL_DAYS } from "../../model/baseline.js";
import { NO_NOVEL_TRAFFIC } from "../../model/novelty.js";
import { perWindow, type PerWindow } from "../../model/window.js";
import type { Subject } from "../../store/usage.js";
import { DAY_MS, dayStart } from "../../time/day.js";
import type { TickSpan } from "../../time/ticks.js";
import { floorsAt, type MinuteSeries } from "../minute-series.js";
import { novelBefore } from "./novel-windows.js";
import type { SpanFigures } from "./read-span.js";

/** A key whose last quarter of an hour stayed below this share of its limit has no floor worth measuring. */
const LEAST_SHARE_FOR_FLOORS = 0.25;

/** A key at a tick that the first look did not rule out. */
export interface Suspect {
  readonly subject: Subject & { readonly name: string };
  readonly at: number;
  /** Figures without floors. */
  readonly tick: KeyTick;
  /** The limit under which floors have to be measured; null when they cannot matter. */
  readonly floorsUnder: number | null;
}

/** Looks at every key at every tick of a span; `keysAt` counts them per tick. */
export function lookAtAll(
  { usage, outlooks, novel, novelty, keys, learned, shares }: SpanFigures,
  { hour, ticks }: TickSpan,
  limits: Thresholds,
): { readonly suspects: readonly Suspect[]; readonly keysAt: ReadonlyMap<number, number> } {
  const held = new Map(novelty.held.keys.map((keyId, i) => [keyId, novelty.held.days[i]!]));
  const novelMs = (keyId: string) => (NOVEL_DAYS + (held.get(keyId) ?? 0)) * DAY_MS;
  const known = usage.subjects.map(({ name, keyId }) => ({
    outlook: outlooks.get(name) ?? null,
    limitPerMinute: keys.get(keyId)?.limitPerMinute ?? null,
  }));
  const suspects: Suspect[] = [];
  const keysAt = new Map<number, number>();
  // Written over for each key and tick.
  const [requests, spendMicros, ahead] = [[0, 0, 0, 0], [0, 0, 0, 0], newForecast()];
  const look = { requests, spendMicros, expectation: null as typeof ahead | null, spendPerRequest: 0, ageDays: 0, limitPerMinute: null as number | null };
  for (const at of ticks) {
    const marks = learned === null ? null : tickMarks(hour, at, dayStart(learned.day), shares);
    const novelAt = novelBefore(novel, at, novelMs);
    let judged = 0;
    for (const [i, subject] of usage.subjects.entries()) {
      if (!usage.read(i, at, requests, spendMicros)) continue;
      judged += 1;
      const { outlook, limitPerMinute } = known[i]!;
      if (outlook !== null && marks !== null) forecast(outlook, marks, ahead);
      look.expectation = outlook !== null && marks !== null && ahead.known ? ahead : null;
      look.spendPerRequest = outlook?.spendPerRequest ?? 0;
      look.ageDays = outlook === null ? 0 : (at - outlook.bornAt) / DAY_MS;
      look.limitPerMinute = limitPerMinute;
      const newTraffic = novelAt.get(subject.name);
      if (newTraffic === undefined && !deservesLook(look, limits)) continue;
      const tick: KeyTick = {
        requests: [...requests] as unknown as PerWindow,
        spendMicros: [...spendMicros] as unknown as PerWindow,
        novel: newTraffic ?? NO_NOVEL_TRAFFIC,
        expectation:
          look.expectation === null
            ? null
            : {
                requests: [...ahead.requests],
                rateVariance: [...ahead.rateVariance],
                spendVariance: [...ahead.spendVariance],
              },
        churn: outlook?.churn ?? [],
        spendPerRequest: look.spendPerRequest,
        ageDays: look.ageDays,
        floors: null,
        currentShare: 0,
      };
      const isNear = limitPerMinute !== null && requests[0]! / 15 >= LEAST_SHARE_FOR_FLOORS * limitPerMinute;
      const floorsUnder = isNear ? limitPerMinute : null;
      if (couldMatter(floorsUnder === null ? tick : underHighestFloors(tick, floorsUnder), limits)) {
        suspects.push({ subject, at, tick, floorsUnder });
      }
    }
    if (judged > 0) keysAt.set(at, judged);
  }
  return { suspects, keysAt };
}

/** The figures of a suspect with its floors, from its minutes. */
export function withFloors({ tick, at, floorsUnder }: Suspect, series: MinuteSeries | undefined): KeyTick {
  return floorsUnder === null || series === undefined ? tick : { ...tick, ...floorsAt(series, at, floorsUnder) };
}

/** The figures with floors as high as they could be. */
function underHighestFloors(tick: KeyTick, limitPerMinute: number): KeyTick {
  return { ...tick, floors: perWindow((w) => highestFloor(tick.requests, limitPerMinute, w)), currentShare: 1 };
}
