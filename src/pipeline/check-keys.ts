import { daysToLearn } from "./learn-baselines.js";
import { advanceIncidents } from "./advance-incidents.js";
import type { AdvanceDeps } from "./record-step.js";
import { checkSpan, type CheckDeps } from "./check-span.js";
import type { CheckRun } from "../store/checks.js";
import type { Store } from "../store/store.js";
import { DAY_MS, dayOf, dayStart, MINUTE_MS } from "../time/day.js";
import { lastSettledTick, spansByHour, ticksBetween, type TickSpan } from "../time/ticks.js";

/** How far back a minute that got late rows is checked again. */
const LATE_FOR_MS = DAY_MS;
/** A check that is later than this makes do with baselines that lack late rows. */
const WAIT_FOR_BASELINES_MS = 15 * MINUTE_MS;
/** A batch that is not recorded after so long is not waited for: its minutes are checked again when it lands. */
const WAIT_FOR_BATCH_MS = 10 * MINUTE_MS;
/** History that baselines are made from. */
const HISTORY_MS = 35 * DAY_MS;

export interface CheckKeysDeps extends CheckDeps, AdvanceDeps {
  readonly settleSeconds: number;
  readonly firstLookbackMinutes: number;
  /** When the oldest batch that is accepted but not in ClickHouse yet was received (epoch ms); null when there is none. */
  readonly unrecordedSince: () => Promise<number | null>;
}

/** What a run of check-keys did. */
export interface CheckReport {
  /** Ticks judged for the first time. */
  readonly live: number;
  /** Ticks judged again because rows came late. */
  readonly late: number;
  readonly findings: number;
  /** Why nothing was judged, or null. */
  readonly waiting: "nothing_heard_yet" | "baselines_not_learned" | null;
}

/**
 * Judges every settled minute since the last one that was dealt with, and again those minutes that got rows later. The cursor is
 * the newest row of check_runs: it is written after the findings, incidents and pages of its span, so a crash repeats the span
 * and finds the same.
 */
export async function checkKeys(deps: CheckKeysDeps, now: number): Promise<CheckReport> {
  const { store } = deps;
  const until = lastSettledTick(await recordedUntil(deps, now), deps.settleSeconds);
  const cursor = (await store.readCheckCursor()) ?? (await firstCursor(deps, until));
  if (cursor === null) return { live: 0, late: 0, findings: 0, waiting: "nothing_heard_yet" };
  const learnedFor = await ticksWithBaselines(store, now, cursor, until);
  if (learnedFor <= cursor && learnedFor < until) {
    return { live: 0, late: 0, findings: 0, waiting: "baselines_not_learned" };
  }
  const live = await checkTicks(deps, ticksBetween(cursor, Math.min(until, learnedFor)), "live");
  const late = await checkTicks(deps, await store.readLateTicks(cursor - LATE_FOR_MS, cursor), "late");
  return { live: live.ticks, late: late.ticks, findings: live.findings + late.findings, waiting: null };
}

/** Up to when what was received is in ClickHouse: a minute of which a batch still waits in the queue is not settled. */
async function recordedUntil(deps: CheckKeysDeps, now: number): Promise<number> {
  const since = await deps.unrecordedSince();
  return since === null || now - since > WAIT_FOR_BATCH_MS ? now : Math.min(now, since);
}

/** Where the very first check begins: traffic from before the lookback is history. Null while nothing was ever heard. */
async function firstCursor(deps: CheckKeysDeps, until: number): Promise<number | null> {
  const from = until - deps.firstLookbackMinutes * MINUTE_MS;
  const heard = await deps.store.readHeardMinutes(from, until);
  return heard.length === 0 ? null : from;
}

/**
 * The last tick whose day before is learned, as far as `until`: a day that was never learned is always waited for, one that
 * changed since only while the check is not late.
 */
async function ticksWithBaselines(store: Store, now: number, cursor: number, until: number): Promise<number> {
  const closedUntil = dayStart(dayOf(until - 1));
  const due = daysToLearn(await store.readLearnableDays(closedUntil - HISTORY_MS, closedUntil));
  const isLate = now - cursor > WAIT_FOR_BASELINES_MS && (await store.readCheckCursor()) !== null;
  const first = due.find((day) => day.learnedEvents < 0 || !isLate);
  // The ticks of a day need the days before it: those up to the end of the first one that is missing can be judged.
  return first === undefined ? until : dayStart(first.day) + DAY_MS;
}

async function checkTicks(deps: CheckKeysDeps, ticks: readonly number[], reason: CheckRun["reason"]) {
  let findings = 0;
  for (const span of spansByHour(ticks)) findings += await checkAndRecord(deps, span, reason);
  return { ticks: ticks.length, findings };
}

/** Judges one span and makes everything durable in order: findings, incidents with their pages, then the cursor. */
async function checkAndRecord(deps: CheckKeysDeps, span: TickSpan, reason: CheckRun["reason"]): Promise<number> {
  const { store } = deps;
  const startedAt = performance.now();
  const asOf = await store.readClock();
  const heard = await store.readHeardMinutes(span.hour - MINUTE_MS, span.hour + 61 * MINUTE_MS);
  const heardTicks = new Map(heard.map(({ minute, events }) => [minute + MINUTE_MS, events]));
  const evaluable = { hour: span.hour, ticks: span.ticks.filter((tick) => heardTicks.has(tick)) };
  const checked = evaluable.ticks.length === 0 ? null : await checkSpan(deps, evaluable, asOf, "rollups");
  const findings = checked?.findings ?? [];
  await store.insertFindings(findings);
  await advanceIncidents(deps, findings, evaluable.ticks);
  const durationMs = performance.now() - startedAt;
  await store.insertCheckRuns(
    span.ticks.map((tick): CheckRun => {
      const evaluated = heardTicks.has(tick);
      return {
        job: "check-keys",
        tick,
        asOf,
        reason,
        outcome: evaluated ? "evaluated" : "not_evaluated",
        detail: evaluated ? "" : "no source was heard in this minute",
        events: heardTicks.get(tick) ?? 0,
        version: 0,
        keys: checked?.keysAt.get(tick) ?? 0,
        findings: findings.filter((finding) => finding.tick === tick).length,
        baselineDay: checked?.baselineDay ?? null,
        durationMs,
      };
    }),
  );
  return findings.length;
}
