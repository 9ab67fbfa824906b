import type { KeyVersion } from "../../model/key/key.js";
import { SLOT_MS } from "../../model/finding/window.js";
import type { Span } from "../../store/view/key-history.js";
import type { Store } from "../../store/store.js";
import type { UsageSeries } from "../../store/check/usage.js";
import { addDays, DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { expectedCurve, type ExpectedCurve } from "./expected-curve.js";
import type { Subject } from "../../model/subject.js";

/** What a key did in even steps of time, against its limit and what was usual. */
export interface UsageCurve extends ExpectedCurve {
  /** Epoch ms of the first step, and how long each is. */
  readonly from: number;
  readonly stepMs: number;
  /** Requests of each step, and what they cost; null while nobody was heard for an hour or longer, and since the last was. */
  readonly requests: readonly (number | null)[];
  readonly spendMicros: readonly (number | null)[];
  /** Requests a minute that were allowed when the step began. */
  readonly limits: readonly (number | null)[];
  /** What of these came from unknown sources; absent where nobody is blamed. */
  readonly unknown?: { readonly requests: readonly number[]; readonly spendMicros: readonly number[] };
}

/** What a curve is made from beside the usage itself. */
export interface CurveParts {
  readonly versions: readonly KeyVersion[];
  readonly visible: number;
  /** Every id of the key, the present one first. */
  readonly keyIds: readonly string[];
}

/** The curve of a subject by hours, of which `usage` has the sums. */
export async function hourCurve(store: Store, usage: UsageSeries, span: Span, parts: CurveParts): Promise<UsageCurve> {
  return curveOf(store, usage, span, parts, { stepMs: HOUR_MS, tickMs: HOUR_MS, window: 1 });
}

/** The curve of a subject by minutes; what was usual is that of the quarter of an hour before every fifth minute. */
export async function minuteCurve(store: Store, subject: Subject, given: Span, parts: CurveParts): Promise<UsageCurve> {
  const quarter = 15 * MINUTE_MS;
  const span = { from: Math.floor(given.from / quarter) * quarter, to: given.to };
  const until = Math.ceil(span.to / quarter) * quarter;
  const series = await store.check.readUsageMinutes({ from: span.from, until }, parts.keyIds, null);
  const own = series.filter(({ observedBy }) => observedBy === subject.observedBy);
  const usage: UsageSeries = {
    ...subject,
    at: own.flatMap(({ at }) => at),
    requests: own.flatMap(({ requests }) => requests),
    spendMicros: own.flatMap(({ spendMicros }) => spendMicros),
  };
  return curveOf(store, usage, span, parts, { stepMs: MINUTE_MS, tickMs: SLOT_MS, window: 0 });
}

interface Steps {
  readonly stepMs: number;
  /** Between the instants at which what is usual is asked for. */
  readonly tickMs: number;
  readonly window: number;
}

async function curveOf(
  store: Store,
  usage: UsageSeries,
  { from, to }: Span,
  { versions, visible, keyIds }: CurveParts,
  { stepMs, tickMs, window }: Steps,
): Promise<UsageCurve> {
  const steps = Array.from({ length: Math.floor((to - from) / stepMs) }, (_, i) => from + i * stepMs);
  // A step is silent where its slots lie in an hour of silence, so the hours around it are asked for as well.
  const [snapshots, observed] = await Promise.all([
    store.learn.readBaselineHistory(
      { keyIds, observedBy: usage.observedBy },
      { first: addDays(dayOf(from), -LOOK_BACK_DAYS), last: dayOf(to - DAY_MS) },
      visible,
    ),
    store.view.readObservedSlots({ from: from - HOUR_MS, to: to + HOUR_MS }),
  ]);
  const observedUntil = observed.at(-1)?.until ?? 0;
  const silent = silentSlots(
    observed.map(({ slot }) => slot),
    Math.ceil((to - from + 2 * HOUR_MS) / SLOT_MS),
  );
  const isSilent = (at: number) => {
    if (at >= observedUntil) return true;
    const first = Math.floor((at - from + HOUR_MS) / SLOT_MS);
    return silent.slice(first, Math.max(first + 1, first + stepMs / SLOT_MS)).every(Boolean);
  };
  const dense = (values: readonly number[]) => {
    const of = steps.map((at): number | null => (isSilent(at) ? null : 0));
    for (const [i, at] of usage.at.entries()) if (at < of.length) of[at] = (of[at] ?? 0) + values[i]!;
    return of;
  };
  const endOfTick = (at: number) => Math.floor(at / tickMs) * tickMs + tickMs;
  return {
    from,
    stepMs,
    requests: dense(usage.requests),
    spendMicros: dense(usage.spendMicros),
    limits: steps.map((at) => versions.findLast(({ validFrom }) => validFrom <= at)?.limitPerMinute ?? null),
    ...expectedCurve(snapshots, steps.map(endOfTick), window),
  };
}

/** How far before a day its newest snapshot may lie, as when `work` stood still. */
const LOOK_BACK_DAYS = 7;
/** Slots of silence from which on nothing is known: less is a quiet hour of a small fleet. */
const SILENCE_SLOTS = HOUR_MS / SLOT_MS;

function silentSlots(observed: readonly number[], count: number): boolean[] {
  const silent = Array.from({ length: count }, () => false);
  let next = 0;
  for (const slot of [...observed, count]) {
    if (slot - next >= SILENCE_SLOTS) silent.fill(true, next, slot);
    next = slot + 1;
  }
  return silent;
}
