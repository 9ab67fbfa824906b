import { expectedMinutes } from "../../../baseline/expectation.js";
import { activityOfUnexpected, activityOfUnknown } from "../../../detect/activity.js";
import { costAtRisk, severityAtRisk } from "../../../detect/at-risk.js";
import type { Verdict } from "../../../detect/judge-key.js";
import type { KeyTick } from "../../../detect/measure.js";
import { findOnset } from "../../../detect/onset.js";
import { keyDaysPerFalseAlarm } from "../../../detect/threshold.js";
import { noveltyMs, type Baseline } from "../../../model/finding/baseline.js";
import { blameStatistics } from "../../../model/finding/blamed-sources.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { NO_ADDRESS } from "../../../model/network/no-address.js";
import { NOVELTY_LEVELS, type NoveltyLevel } from "../../../model/finding/novelty.js";
import { round6 } from "../../../model/round.js";
import { unexpectedCost } from "../../../model/finding/since-onset.js";
import type { Newcomer } from "./newcomers.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import { minuteAt, type MinuteSeries, SERIES_MINUTES } from "./minute-series.js";
import type { Subject } from "../../../model/subject.js";
import { namedKey } from "../../../model/finding/headline.js";
import { leakHeadline } from "../../../model/finding/use-sentences.js";

/** Busiest sources that are listed with their figures; `blamed_networks` holds all. */
const LISTED = 5;

/** Everything that a finding is written from. */
export interface FindingParts {
  readonly subject: Subject;
  readonly tick: number;
  readonly asOf: number;
  readonly hour: number;
  readonly verdict: Verdict;
  readonly figures: KeyTick;
  readonly baseline: Baseline | null;
  readonly key: KeyVersion | null;
  readonly series: MinuteSeries | undefined;
  readonly newcomers: readonly Newcomer[];
}

/** Writes up a verdict: since when, how much, at what cost, from where, in figures and in one sentence. */
export function writeFinding(parts: FindingParts): Finding {
  const { subject, tick, verdict, baseline } = parts;
  const start = parts.hour - DAY_MS;
  const end = minuteAt({ start }, tick);
  const first = end - DAY_MS / MINUTE_MS;
  const level = blamedLevel(verdict);
  const newcomers = parts.newcomers.filter((row) => row.level === level && row.seenAt >= tick - noveltyMs(baseline));
  const novel = sumSeries(newcomers.map((row) => ({ at: row.at, values: row.requests })));
  const novelSpend = sumSeries(newcomers.map((row) => ({ at: row.at, values: row.spendMicros })));
  const requests = parts.series?.requests ?? [];
  const spend = parts.series?.spendMicros ?? [];
  const expected = expectedMinutes(baseline, start + first * MINUTE_MS, tick);
  const onsetMinute =
    level === null
      ? findOnset(requests.slice(first, end), expected)
      : findOnset(
          novel.slice(first, end),
          expected.map(() => 0),
        );
  const from = first + onsetMinute;
  const onset = start + from * MINUTE_MS;
  const total = (values: readonly number[]) => values.slice(from, end).reduce((a, b) => a + b, 0);
  const since = {
    requests: total(requests),
    expected_requests: baseline === null ? null : round6(expected.slice(onsetMinute).reduce((a, b) => a + b, 0)),
    spend_micros: total(spend),
    novel_requests: total(novel),
    novel_spend_micros: total(novelSpend),
  };
  const sources = sourcesBetween(newcomers, from, end);
  const activity =
    level === null
      ? activityOfUnexpected(requests.slice(from, end), expected.slice(onsetMinute), tick)
      : activityOfUnknown(novel.slice(from, end), tick);
  // A provider's report comes late: its last minutes are empty, whoever goes on.
  const isTimely = subject.observedBy !== "provider";
  // What has ended puts nothing at risk.
  const atRisk = activity.is_going_on || !isTimely ? costAtRisk(unexpectedCost(since), onset, tick) : 0;
  const isUnplaced = level !== null && sources.some(({ address }) => address === NO_ADDRESS);
  const addresses = level === null ? null : sources.length - Number(isUnplaced);
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return {
    findingId: `leak/${encodeURIComponent(subject.keyId)}/${subject.observedBy}/${at}`,
    tick,
    asOf: parts.asOf,
    keyId: subject.keyId,
    observedBy: subject.observedBy,
    cause: "leak",
    subject: null,
    severity: severityAtRisk(verdict.severity ?? "info", atRisk),
    score: verdict.score,
    onset,
    headline: leakHeadline(namedKey(subject.keyId, parts.key), { since, addresses, isUnplaced, onset, tick }),
    signals: verdict.signals,
    statistics: {
      explanation: verdict.explanation,
      ...verdict.statistics,
      since_onset: since,
      new_addresses: addresses,
      ...(isUnplaced ? { without_address: true } : {}),
      ...(isTimely ? { activity } : {}),
      at_risk_micros: atRisk,
      expected_once_in_key_days: Math.round(keyDaysPerFalseAlarm(verdict.score)),
      baseline_day: baseline?.day ?? null,
      limit_per_minute: parts.key?.limitPerMinute ?? null,
      new_sources: sources.slice(0, LISTED),
      ...blameStatistics(sources.map(({ address }) => address)),
    },
  };
}

/** The level of novelty that spoke in the winning window; null when the evidence is not about newcomers. */
function blamedLevel(verdict: Verdict): NoveltyLevel | null {
  const { window, expert, surprises } = verdict.statistics;
  const level = surprises[window]?.level ?? null;
  return expert === "newcomer" && level !== null ? NOVELTY_LEVELS[level]! : null;
}

function sumSeries(rows: readonly { readonly at: readonly number[]; readonly values: readonly number[] }[]): number[] {
  const sums = Array.from({ length: SERIES_MINUTES }, () => 0);
  for (const row of rows) for (const [i, at] of row.at.entries()) sums[at]! += row.values[i]!;
  return sums;
}

/** Newcomers that sent anything in a span of minutes, the busiest first. */
function sourcesBetween(newcomers: readonly Newcomer[], from: number, end: number) {
  const within = (row: Newcomer, values: readonly number[]) =>
    row.at.reduce((sum, at, i) => (at >= from && at < end ? sum + values[i]! : sum), 0);
  return newcomers
    .map((row) => ({
      address: row.value,
      asn: row.asn,
      network_type: row.networkType,
      first_seen: new Date(row.seenAt).toISOString(),
      requests: within(row, row.requests),
      spend_micros: within(row, row.spendMicros),
    }))
    .filter((source) => source.requests > 0)
    .toSorted((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1));
}
