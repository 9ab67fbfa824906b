import type { Puller, Report } from "../../pull/define-puller.js";
import type { Secret } from "../../secret.js";
import type { HourChange, ReportName } from "../../store/pull/provider-reports.js";
import type { PullStore } from "../../store/pull/pull-store.js";
import { groupBy } from "../../model/group-by.js";
import { DAY_MS, dayOf } from "../../time/day.js";
import { findChanges } from "./find-changes.js";
import { readReport, type Reading } from "./read-report.js";

export interface PullReportDeps extends Reading {
  readonly store: { readonly pull: PullStore };
  /** Days that hours are kept: what is older is known no more, and would be counted anew. */
  readonly hourDays: number;
}

/** What is to be read; instants are epoch ms. */
export interface PullRequest {
  readonly puller: Puller;
  readonly report: Report;
  readonly credential: Secret;
  readonly signal: AbortSignal;
  /** Where the last pull ended; undefined before the first. */
  readonly until: number | undefined;
  /** From where to read in place of that. */
  readonly from?: number;
}

/** What a pull of a report did; instants are epoch ms. */
export interface PulledReport {
  readonly report: string;
  readonly from: number;
  readonly to: number;
  /** Keys that the report names in this span. */
  readonly keys: number;
  /** Hours of keys that were new or corrected. */
  readonly changed: number;
  /** Uses without a key. */
  readonly keyless: number;
}

/**
 * Reads a report from where the last pull ended, and before that whatever may have been corrected since, and writes what changed. Whenever it dies, the next run
 * finishes what it began; two at once write each change once. Null where no bucket has ended yet.
 * @throws PullProblem, and what ClickHouse throws
 */
export async function pullReport(
  deps: PullReportDeps,
  { puller, report, credential, signal, until, from: asked }: PullRequest,
  now: number,
): Promise<PulledReport | null> {
  const { pull } = deps.store;
  const name = { provider: puller.name, report: report.name };
  await finishChanges(pull, name);
  const span = spanOf(report, { until, asked, now, oldest: now - (deps.hourDays - 2) * DAY_MS });
  if (span === null) return null;
  const buckets = await readReport(report, { origin: report.origin, credential, ...span, signal }, deps);
  const within = buckets.filter(({ from, to }) => from >= span.from && to <= span.to);
  const changes = findChanges(within, await pull.readReportedHours(name, span.from, span.to));
  for (const [day, ofDay] of changes) await pull.insertChanges(name, day, ofDay);
  const changed = [...changes.values()].reduce((sum, ofDay) => sum + ofDay.length, 0);
  await pull.insertPull(name, { ...span, askedAt: now, rows: changed });
  const keys = new Set(within.flatMap(({ uses }) => uses.map(({ keyId }) => keyId))).size;
  return { report: report.name, ...span, keys, changed, keyless: within.reduce((sum, one) => sum + one.keyless, 0) };
}

/** Whole buckets from where the last pull ended, less what may be corrected, up to the last that has settled. */
function spanOf(
  report: Report,
  { until, asked, now, oldest }: SpanFacts,
): { readonly from: number; readonly to: number } | null {
  const { bucketMs, settleMs, lookbackMs, firstMs } = report;
  const to = Math.floor((now - settleMs) / bucketMs) * bucketMs;
  const wanted = asked ?? (until === undefined ? now - firstMs : Math.min(until, to) - lookbackMs);
  const from = Math.max(Math.floor(wanted / bucketMs), Math.ceil(oldest / bucketMs)) * bucketMs;
  return from < to ? { from, to } : null;
}

interface SpanFacts {
  readonly until: number | undefined;
  readonly asked: number | undefined;
  readonly now: number;
  readonly oldest: number;
}

/** Whoever died between writing changes and putting the pull on file may have left them in some tables only. */
async function finishChanges(pull: PullStore, name: ReportName): Promise<void> {
  const unfinished = await pull.readUnfinishedChanges(name);
  const revisions = groupBy(unfinished, ({ hour, revision }: HourChange) => `${dayOf(hour)} ${revision}`);
  for (const changes of revisions.values()) await pull.insertChanges(name, dayOf(changes[0]!.hour), changes);
}
