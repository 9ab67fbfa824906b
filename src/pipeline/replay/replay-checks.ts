import { pMapIterable } from "p-map";
import type { AlarmBudget } from "../../detect/alarm-budget.js";
import { stepIncidents, type IncidentStep, type Incidents } from "../../incident/step-incidents.js";
import type { Finding } from "../../model/finding/finding.js";
import { subjectOf } from "../../model/finding/finding-subject.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, MINUTE_MS } from "../../time/day.js";
import { spansByHour, type TickSpan } from "../../time/ticks.js";
import { checkSpan, type CheckDeps } from "../check/check-span.js";
import { learnBaselines } from "../learn/learn-baselines.js";
import { LEARNED_DAYS } from "../learn/plan-learning.js";
import { rememberNewest } from "./remember-newest.js";
import { CheckCache } from "../check/facts/check-cache.js";
import { reachOf, stretchesOf } from "../check/facts/reach.js";
import { spanAfter, wholeFinding } from "../incident/whole-finding.js";

/** No clock has a part in a replay: all that it has written is visible, and learned, at the end of storable time. */
export const AS_OF = 2 ** 32 * 1000 - 1;
/** Verdicts of one query, at about 200 bytes each: a large fleet's hour is asked for in parts. */
const VERDICTS_PER_QUERY = 60_000;
/** Spans that are asked for at once: ClickHouse works on the next while this process judges. */
const SPANS_AT_ONCE = 3;

/** What to replay; instants are epoch ms. */
export interface ReplayRequest {
  /** Half-open span of what is told and counted; all that lies before it is replayed too. */
  readonly from: number;
  readonly to: number;
  /** Minutes between checks; a divisor of 60. */
  readonly stepMinutes: number;
}

export interface ReplayDeps {
  readonly store: Store;
  readonly budget: AlarmBudget;
  /** How many keys that nobody registered are judged and learned. */
  readonly unregisteredKeys: number;
  /** Hears every step of an incident in the span that is told, in time order, with the newest finding of the incident until then. */
  readonly onStep: (step: IncidentStep, finding: Finding) => Promise<void>;
  /** Hears up to when (epoch ms) has been replayed. */
  readonly onTick: (tick: number) => void;
  readonly signal: AbortSignal;
}

/** What was evaluated in the span that is told. */
export interface ReplayTotals {
  /** Verdicts: a key at a tick. */
  readonly evaluations: number;
  /** Evaluated minutes of every key since its first request: 1,440 are a key-day. */
  readonly keyMinutes: number;
  /** Keys that were seen before the end of the span. */
  readonly keys: number;
  /** Those of them that were used on one UTC day only, so that no baseline of their own ever spoke. */
  readonly keysOfOneDay: number;
  /** Those that lived for less than a day: session keys, for the most part. */
  readonly shortLivedKeys: number;
}

/**
 * Goes through history in simulated time with the functions of the live check: every minute that was heard is judged once, in the order
 * of time, and every closed day is learned before the next one is judged. What it finds is recorded, so that learning can see it.
 * @throws the signal's reason when it is aborted, and what ClickHouse throws.
 */
export async function replayChecks(deps: ReplayDeps, wish: ReplayRequest): Promise<ReplayTotals> {
  const { store } = deps;
  const births = await readFirstRequests(store, wish.to);
  const check: CheckDeps = {
    store: {
      ...store,
      // Nobody is there to say what was benign.
      check: { ...store.check, readBenignWords: async () => [] },
      learn: { ...store.learn, readNewestLearnedDay: rememberNewest(store.learn.readNewestLearnedDay) },
    },
    memory: new CheckCache(),
    budget: deps.budget,
    // Where there is room for every key there is no need to count them hour by hour.
    unregisteredKeys: births.length <= deps.unregisteredKeys ? Infinity : deps.unregisteredKeys,
  };
  const brief = await store.audit.countBriefKeys(Math.min(wish.to, AS_OF));
  const counts = { keys: births.length, keysOfOneDay: brief.ofOneDay, shortLivedKeys: brief.shortLived };
  const totals = { evaluations: 0, keyMinutes: 0, ...counts };
  const newest = new Map<string, Finding>();
  let incidents: Incidents = new Map();
  for (const day of await daysToReplay(store, wish.to)) {
    await learnBaselines(deps, AS_OF, day);
    const spans = splitSpans(spansByHour(await observedTicks(store, day, wish)), births.length);
    for await (const { span, checked } of judgeDay(check, spans, births.length)) {
      deps.signal.throwIfAborted();
      const stepped = stepIncidents(incidents, checked.findings, span.ticks);
      incidents = stepped.incidents;
      await store.check.insertFindings(checked.findings);
      const stories = withFindings(stepped.steps, checked.findings, newest);
      for (const [step, finding] of stories) {
        await store.incident.insertTransition(step.transition);
        if (!isTold(step.transition.at, wish)) continue;
        const told = await wholeFinding(store, spanAfter(step.transition, step.before), finding);
        await deps.onStep({ ...step, finding: step.finding === null ? null : told }, told);
      }
      for (const tick of span.ticks.filter((one) => isTold(one, wish))) {
        totals.evaluations += checked.keysAt.get(tick) ?? 0;
        totals.keyMinutes += births.filter((bornAt) => bornAt < tick).length * wish.stepMinutes;
      }
      deps.onTick(span.ticks.at(-1) ?? day);
    }
  }
  return totals;
}

/** Judges the spans of a day in order. What hours need that are judged together is read by the first of them. */
async function* judgeDay(check: CheckDeps, spans: readonly TickSpan[], keys: number) {
  const judge = async (span: TickSpan) => ({ span, checked: await checkSpan(check, span, AS_OF, "rollups") });
  for (const stretch of stretchesOf(spans, keys)) {
    check.memory.reach = reachOf(stretch, true);
    yield await judge(stretch[0]!);
    yield* pMapIterable(stretch.slice(1), judge, { concurrency: SPANS_AT_ONCE });
  }
}

/** Each step with the newest finding of its key and cause at that tick; keeps the newest of all for the spans to come. */
function withFindings(
  steps: readonly IncidentStep[],
  findings: readonly Finding[],
  newest: Map<string, Finding>,
): (readonly [IncidentStep, Finding])[] {
  const keyOf = (one: Pick<Finding, "cause" | "keyId" | "subject">) => `${one.cause} ${subjectOf(one)}`;
  const byTick = findings.toSorted((a, b) => a.tick - b.tick);
  let next = 0;
  const takeUntil = (tick: number) => {
    for (; (byTick[next]?.tick ?? Infinity) <= tick; next += 1) newest.set(keyOf(byTick[next]!), byTick[next]!);
  };
  const stories = steps.map((step) => {
    takeUntil(step.transition.at);
    return [step, step.finding ?? newest.get(keyOf(step.transition))!] as const;
  });
  takeUntil(AS_OF);
  return stories;
}

const isTold = (tick: number, { from, to }: ReplayRequest) => tick >= from && tick < to;

/** First request of each key that was seen before an instant, by whoever saw it first. */
async function readFirstRequests(store: Store, before: number): Promise<number[]> {
  const births = new Map<string, number>();
  for (const { keyId, bornAt } of await store.check.readBirths(Math.min(before, AS_OF), null)) {
    births.set(keyId, Math.min(bornAt, births.get(keyId) ?? Infinity));
  }
  return [...births.values()];
}

/** Starts of days with events, and of silent ones as long after them as learning looks back. */
async function daysToReplay(store: Store, to: number): Promise<number[]> {
  const eventDays = await store.replay.readEventDays();
  const last = eventDays.at(-1)?.dayAt ?? -Infinity;
  const days = new Set<number>();
  for (const { dayAt } of eventDays) {
    for (let ago = 0; ago <= LEARNED_DAYS; ago += 1) days.add(dayAt + ago * DAY_MS);
  }
  return [...days].filter((day) => day <= last && day < to).toSorted((a, b) => a - b);
}

/** Ticks that end a step of the day in which somebody was heard. */
async function observedTicks(store: Store, day: number, { to, stepMinutes }: ReplayRequest): Promise<number[]> {
  const step = stepMinutes * MINUTE_MS;
  const observed = await store.check.readObservedMinutes(day, day + DAY_MS);
  const ticks = new Set(observed.map(({ minute }) => (Math.floor(minute / step) + 1) * step));
  return [...ticks].filter((tick) => tick < to);
}

function splitSpans(spans: readonly TickSpan[], keys: number): TickSpan[] {
  const most = Math.max(1, Math.floor(VERDICTS_PER_QUERY / Math.max(1, keys)));
  return spans.flatMap(({ hour, ticks }) =>
    Array.from({ length: Math.ceil(ticks.length / most) }, (_, i) => ({
      hour,
      ticks: ticks.slice(i * most, (i + 1) * most),
    })),
  );
}
