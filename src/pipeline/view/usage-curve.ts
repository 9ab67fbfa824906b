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
  /** What the registry holds of the key; it may be read meanwhile. */
  readonly versions: readonly KeyVersion[] | Promise<readonly KeyVersion[]>;
  readonly visible: number;
  /** Every id of the key, the present one first. */
  readonly keyIds: readonly string[];
}

/** The hours that a curve of a span is drawn by: whole ones, for one that has begun would look like a fall. */
export const hoursOf = ({ from, to }: Span): Span => ({
  from: Math.floor(from / HOUR_MS) * HOUR_MS,
  to: Math.floor(to / HOUR_MS) * HOUR_MS,
});

const QUARTER_MS = 15 * MINUTE_MS;

/** The minutes that a curve of a span is drawn by: from the beginning of a quarter of an hour on, as they are filed. */
export const minutesOf = ({ from, to }: Span): Span => ({
  from: Math.floor(from / QUARTER_MS) * QUARTER_MS,
  to: Math.floor(to / MINUTE_MS) * MINUTE_MS,
});

/** The curve of a subject by hours, as hoursOf has them. */
export async function hourCurve(store: Store, subject: Subject, span: Span, parts: CurveParts): Promise<UsageCurve> {
  const readUsage = async () => {
    const used = await store.view.readKeyHours(parts.keyIds, span);
    const own = used.find(({ observedBy }) => observedBy === subject.observedBy);
    return own ?? { ...subject, at: [], requests: [], spendMicros: [] };
  };
  return curveOf(store, subject, readUsage(), span, parts, { stepMs: HOUR_MS, tickMs: HOUR_MS, window: 1 });
}

/** The curve of a subject by minutes, as minutesOf has them; what was usual is that of the quarter of an hour before every fifth minute. */
export async function minuteCurve(store: Store, subject: Subject, span: Span, parts: CurveParts): Promise<UsageCurve> {
  const readUsage = async () => {
    const until = Math.ceil(span.to / QUARTER_MS) * QUARTER_MS;
    const series = await store.check.readUsageMinutes({ from: span.from, until }, parts.keyIds, null);
    const own = series.filter(({ observedBy }) => observedBy === subject.observedBy);
    return {
      ...subject,
      at: own.flatMap(({ at }) => at),
      requests: own.flatMap(({ requests }) => requests),
      spendMicros: own.flatMap(({ spendMicros }) => spendMicros),
    };
  };
  return curveOf(store, subject, readUsage(), span, parts, { stepMs: MINUTE_MS, tickMs: SLOT_MS, window: 0 });
}

interface Steps {
  readonly stepMs: number;
  /** Between the instants at which what is usual is asked for. */
  readonly tickMs: number;
  readonly window: number;
}

async function curveOf(
  store: Store,
  { observedBy }: Subject,
  used: Promise<UsageSeries>,
  { from, to }: Span,
  { versions: reading, visible, keyIds }: CurveParts,
  { stepMs, tickMs, window }: Steps,
): Promise<UsageCurve> {
  const steps = Array.from({ length: Math.floor((to - from) / stepMs) }, (_, i) => from + i * stepMs);
  // A step is silent where its slots lie in an hour of silence, so the hours around it are asked for as well.
  const [usage, versions, snapshots, observed] = await Promise.all([
    used,
    reading,
    store.learn.readBaselineHistory(
      { keyIds, observedBy },
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
