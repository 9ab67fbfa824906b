import { advanceIncidents } from "../incident/advance-incidents.js";
import { awaitsFirstLearning } from "../learn/await-first-learning.js";
import { checkLateTicks } from "./check-late-ticks.js";
import type { Finding } from "../../model/finding/finding.js";
import type { Incident } from "../../model/incident/incident.js";
import type { Lineages } from "../../model/key/lineage.js";
import { readAnsweringKeys, type AnsweringKeys } from "./answering-keys.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import { prepareNext } from "./prepare-next.js";
import { checkSpan, type CheckDeps } from "./check-span.js";
import type { CheckRun } from "../../store/check/checks.js";
import { MINUTE_MS } from "../../time/day.js";
import { lastSettledTick, spansByHour, ticksBetween, type TickSpan } from "../../time/ticks.js";

/** A batch that is not recorded after so long is not waited for: its minutes are checked again when it lands. */
const WAIT_FOR_BATCH_MS = MINUTE_MS;
/** Whose history takes longer than this is judged by what there is of it. */
const WAIT_FOR_HISTORY_MS = 15 * MINUTE_MS;
/** Under steady traffic some batch is always on its way for a second or so; the next run is ten seconds away. */
const [LOOK_MS, MOST_LOOKS] = [200, 40];

export interface CheckKeysDeps extends CheckDeps, AdvanceDeps {
  readonly settleSeconds: number;
  readonly firstLookbackMinutes: number;
  /** When the oldest batch that is accepted but not in ClickHouse yet was received (epoch ms); null when there is none. */
  readonly unrecordedSince: () => Promise<number | null>;
  /** The same of history, which live events overtake. */
  readonly historySince: () => Promise<number | null>;
  /** Waits for what was received just before a minute settled; without it the next run judges that minute. */
  readonly pause?: (ms: number) => Promise<void>;
  /** Wakes what follows findings, once they are in incidents. */
  readonly onFound?: () => Promise<void>;
}

/** What a run of check-keys did. */
export interface CheckReport {
  /** Ticks judged for the first time. */
  readonly live: number;
  /** Ticks judged again because rows came late. */
  readonly late: number;
  readonly findings: number;
  /** Why nothing was judged, or null. */
  readonly waiting: "nothing_heard_yet" | "first_learning" | null;
}

/**
 * Judges every settled minute since the last one that was dealt with, and again those minutes that got rows later. The cursor is
 * the newest row of check_runs: it is written after the findings, incidents and pages of its span, so a crash repeats the span
 * and finds the same. It waits for no learning but the first of all: a span is judged with the newest baselines that there are.
 */
export async function checkKeys(deps: CheckKeysDeps, now: number): Promise<CheckReport> {
  const { store } = deps;
  const answering = await readAnsweringKeys(store, deps.memory);
  const until = await settledUntil(deps, now);
  const stored = await store.check.readCheckCursor();
  const cursor = stored ?? (await firstCursor(deps, until));
  if (cursor === null) return { ...NOTHING, waiting: "nothing_heard_yet" };
  if (stored === null && (await awaitsFirstLearning(store, until))) return { ...NOTHING, waiting: "first_learning" };
  const ticks = ticksBetween(cursor, until);
  let findings = 0;
  for (const span of spansByHour(ticks)) findings += await checkAndRecord(deps, span, "live", { answering });
  // Minutes that were checked in part have rows that no check saw: they are late once all servers answer.
  if (answering !== null) return { live: ticks.length, late: 0, findings, waiting: null };
  const late = await checkLateTicks(store, deps.memory, cursor, now, async (span) => {
    findings += await checkAndRecord(deps, span, "late");
  });
  // Nothing that was judged depends on it: the check that needs what could not be read asks again, and fails by itself.
  if (ticks.length > 0) await prepareNext(deps, until).catch(() => undefined);
  return { live: ticks.length, late, findings, waiting: null };
}

const NOTHING = { live: 0, late: 0, findings: 0 };

/** The last tick that is settled and recorded. A minute that has settled while a batch of it is on its way waits for that, and not for the next run. */
async function settledUntil(deps: CheckKeysDeps, now: number): Promise<number> {
  const settled = lastSettledTick(now, deps.settleSeconds);
  for (let looks = 1; ; looks += 1) {
    const recorded = lastSettledTick(await recordedUntil(deps, now), deps.settleSeconds);
    if (recorded === settled || looks === MOST_LOOKS || deps.pause === undefined) return recorded;
    await deps.pause(LOOK_MS);
  }
}

/** Up to when what was received is in ClickHouse: a minute of which a batch still waits in the queue is not settled. */
async function recordedUntil(deps: CheckKeysDeps, now: number): Promise<number> {
  const since = await deps.unrecordedSince();
  return since === null || now - since > WAIT_FOR_BATCH_MS ? now : Math.min(now, since);
}

/** Where the very first check begins: traffic from before the lookback is history. Null while nothing was ever heard. */
async function firstCursor(deps: CheckKeysDeps, until: number): Promise<number | null> {
  const from = until - deps.firstLookbackMinutes * MINUTE_MS;
  const observed = await deps.store.check.readObservedMinutes(from, until);
  return observed.length === 0 ? null : from;
}

/** How a span is checked: as live checks are, where nothing else is said. */
interface CheckedHow {
  /** How severe findings are told. */
  readonly asTold?: (finding: Finding) => Finding;
  /** Not null while shards are away. */
  readonly answering?: AnsweringKeys | null;
}

/**
 * Judges one span and makes everything durable in order: findings, incidents with their pages, then that it was checked (live: the cursor). Gives
 * how many findings there are.
 */
export async function checkAndRecord(
  deps: CheckKeysDeps,
  span: TickSpan,
  reason: CheckRun["reason"],
  { asTold = (finding) => finding, answering = null }: CheckedHow = {},
): Promise<number> {
  const { store } = deps;
  const startedAt = performance.now();
  const asOf = await store.readClock();
  const isHistoryOnItsWay = reason !== "history" && (await waitsForHistory(deps, asOf));
  const reading = answering === null ? deps : { ...deps, store: answering.store, memory: answering.memory };
  const observed = await reading.store.check.readObservedMinutes(span.hour - MINUTE_MS, span.hour + 61 * MINUTE_MS);
  const observedTicks = new Map(observed.map(({ minute, events }) => [minute + MINUTE_MS, events]));
  const evaluable = { hour: span.hour, ticks: span.ticks.filter((tick) => observedTicks.has(tick)) };
  const checked = evaluable.ticks.length === 0 ? null : await checkSpan(reading, evaluable, asOf, "rollups");
  await answering?.confirm();
  const isAbout = (one: Finding | Incident) => answering === null || answering.isAbout(one, checked?.lineages ?? NONE);
  const found = checked?.findings ?? [];
  const isTold = (finding: Finding) => isAbout(finding) && !(isHistoryOnItsWay && isOfFirstDays(finding));
  const findings = found.filter(isTold).map(asTold);
  // What was found and cannot be told must not pass for quiet.
  const untold = new Set(found.filter((finding) => !isTold(finding)).map(({ keyId }) => keyId));
  const isLookedAt = (incident: Incident) => isAbout(incident) && !untold.has(incident.keyId);
  await store.check.insertFindings(findings);
  await advanceIncidents(deps, findings, evaluable.ticks, "checks", isLookedAt);
  const durationMs = performance.now() - startedAt;
  await store.check.insertCheckRuns(
    span.ticks.map((tick): CheckRun => {
      const evaluated = observedTicks.has(tick);
      return {
        job: "check-keys",
        tick,
        asOf,
        reason,
        outcome: evaluated ? (answering === null ? "evaluated" : "in_part") : "not_evaluated",
        detail: answering?.detail ?? (evaluated ? "" : "no events received in this minute"),
        events: observedTicks.get(tick) ?? 0,
        version: 0,
        keys: checked?.keysAt.get(tick) ?? 0,
        findings: findings.filter((finding) => finding.tick === tick).length,
        baselineDay: checked?.baselineDay ?? null,
        durationMs,
      };
    }),
  );
  if (findings.length > 0) await deps.onFound?.();
  return findings.length;
}

const NONE: Lineages = new Map();

/**
 * Whether history is being recorded that may say that a key is not as new as it seems: its days before may be on their way. No key waits long, also where some
 * history always waits.
 */
async function waitsForHistory({ historySince, memory }: CheckKeysDeps, at: number): Promise<boolean> {
  const since = await historySince();
  memory.historyWaitsSince = since === null ? null : Math.min(since, memory.historyWaitsSince ?? Infinity);
  return memory.historyWaitsSince !== null && at - memory.historyWaitsSince <= WAIT_FOR_HISTORY_MS;
}

/** Whether a finding is about nothing but what a key did in the first days that are known of it. */
function isOfFirstDays(finding: Finding): boolean {
  const { cause, statistics } = finding;
  return cause === "leak" && "expert" in statistics && statistics.expert === "first_days";
}
