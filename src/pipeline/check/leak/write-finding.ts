import { expectedMinutes } from "../../../baseline/expectation.js";
import { activityOfUnexpected, activityOfBlamed } from "../../../detect/activity.js";
import { costAtRisk, severityAtRisk } from "../../../detect/at-risk.js";
import type { Verdict } from "../../../detect/judge-key.js";
import type { KeyTick } from "../../../detect/measure.js";
import { findOnset } from "../../../detect/onset.js";
import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import type { Baseline } from "../../../model/finding/baseline.js";
import { blameStatistics } from "../../../model/finding/blamed-sources.js";
import type { Activity } from "../../../model/finding/activity.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { NO_ADDRESS } from "../../../model/network/no-address.js";
import { round6 } from "../../../model/round.js";
import { unexpectedCost, type SinceOnset } from "../../../model/finding/since-onset.js";
import type { RefusedRoute } from "../../../baseline/slide-refusals.js";
import type { RefusedSource } from "../../../store/check/foreign-refusals.js";
import {
  alsoNew,
  routesBetween,
  sourcesBetween,
  whatIsBlamed,
  type Blamed,
  type BlamedSource,
} from "./blamed-traffic.js";
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
  readonly limits: Thresholds;
  readonly figures: KeyTick;
  readonly baseline: Baseline | null;
  readonly key: KeyVersion | null;
  readonly series: MinuteSeries | undefined;
  readonly newcomers: readonly Newcomer[];
  /** What was refused on routes that had never served the key, in minutes from 24 h before the hour on. */
  readonly refused: readonly RefusedRoute[];
  /** Addresses that were refused with it and never served before; read where refusals are the evidence. */
  readonly refusedSources: readonly RefusedSource[];
}

/** Writes up a verdict: since when, how much, at what cost, from where, in figures and in one sentence. */
export function writeFinding(parts: FindingParts): Finding {
  const { subject, tick, verdict, baseline } = parts;
  const traffic = trafficOf(parts);
  const { blamed, onset } = traffic;
  const since = sinceOnset(traffic);
  const told = sourcesBetween(traffic.newcomers, traffic.from, traffic.end);
  const sources = blamed === "clients" ? [] : told;
  const activity = activityOf(traffic, tick);
  // A provider's report comes late: its last minutes are empty, whoever goes on.
  const isTimely = subject.observedBy !== "provider";
  // What has ended puts nothing at risk.
  const atRisk = activity.is_going_on || !isTimely ? costAtRisk(unexpectedCost(since), onset, tick) : 0;
  const isUnplaced = sources.some(({ address }) => address === NO_ADDRESS);
  const isOfSources = blamed === "sources" || (blamed === "refusals" && sources.length > 0);
  const addresses = isOfSources ? sources.length - Number(isUnplaced) : null;
  const evidence = {
    ...(blamed === "clients" ? { clients: told.map(({ address }) => address) } : {}),
    ...(blamed === "refusals" ? { refusedRoutes: routesBetween(parts.refused, traffic.from, traffic.end) } : {}),
  };
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return {
    findingId: `leak/${encodeURIComponent(subject.keyId)}/${subject.observedBy}/${at}`,
    tick,
    asOf: parts.asOf,
    ...subject,
    cause: "leak",
    subject: null,
    severity: severityAtRisk(verdict.severity ?? "info", atRisk),
    score: verdict.score,
    onset,
    headline: leakHeadline(namedKey(subject.keyId, parts.key), {
      since,
      addresses,
      isUnplaced,
      onset,
      tick,
      ...evidence,
    }),
    signals: verdict.signals,
    statistics: {
      explanation: verdict.explanation,
      ...verdict.statistics,
      since_onset: since,
      new_addresses: addresses,
      ...(isUnplaced ? { without_address: true } : {}),
      ...(evidence.clients === undefined ? {} : { new_clients: evidence.clients }),
      ...(blamed === null ? {} : { also_new: alsoNew(parts.newcomers, traffic.from, traffic.end) }),
      ...(evidence.refusedRoutes === undefined ? {} : { refused_routes: evidence.refusedRoutes }),
      ...(isTimely ? { activity } : {}),
      at_risk_micros: atRisk,
      ...rarityOf(verdict.score, parts.limits),
      baseline_day: baseline?.day ?? null,
      limit_per_minute: parts.key?.limitPerMinute ?? null,
      new_sources: sources.slice(0, LISTED),
      ...blameStatistics(sources.map(({ address }) => address)),
    },
  };
}

/** What a key did minute by minute, from the onset to the tick: all of it, and that of the newcomers that are blamed. */
interface Traffic {
  readonly blamed: Blamed;
  readonly newcomers: readonly BlamedSource[];
  /** Positions of the onset and the tick in the series of newcomers. */
  readonly from: number;
  readonly end: number;
  /** Epoch ms. */
  readonly onset: number;
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
  readonly novel: readonly number[];
  readonly novelSpend: readonly number[];
  /** Null when nothing is known of what is usual. */
  readonly expected: readonly number[] | null;
}

function trafficOf(parts: FindingParts): Traffic {
  const { tick, hour, baseline, series } = parts;
  const start = hour - DAY_MS;
  const end = minuteAt({ start }, tick);
  const first = end - DAY_MS / MINUTE_MS;
  const { blamed, newcomers } = whatIsBlamed(parts);
  // What is refused counts whoever asked for it.
  const counted = blamed === "refusals" ? parts.refused : newcomers;
  const novel = sumSeries(counted.map((row) => ({ at: row.at, values: row.requests })));
  const novelSpend = sumSeries(newcomers.map((row) => ({ at: row.at, values: row.spendMicros })));
  const [requests, spendMicros] = [series?.requests ?? [], series?.spendMicros ?? []];
  const expected = expectedMinutes(baseline, start + first * MINUTE_MS, tick);
  const onsetMinute =
    blamed === null
      ? findOnset(requests.slice(first, end), expected)
      : findOnset(
          novel.slice(first, end),
          expected.map(() => 0),
        );
  const from = first + onsetMinute;
  return {
    blamed,
    newcomers,
    from,
    end,
    onset: start + from * MINUTE_MS,
    requests: requests.slice(from, end),
    spendMicros: spendMicros.slice(from, end),
    novel: novel.slice(from, end),
    novelSpend: novelSpend.slice(from, end),
    expected: baseline === null ? null : expected.slice(onsetMinute),
  };
}

function sinceOnset({ requests, spendMicros, novel, novelSpend, expected }: Traffic): SinceOnset {
  return {
    requests: sumOf(requests),
    expected_requests: expected === null ? null : round6(sumOf(expected)),
    spend_micros: sumOf(spendMicros),
    novel_requests: sumOf(novel),
    novel_spend_micros: sumOf(novelSpend),
  };
}

function activityOf({ blamed, requests, novel, expected }: Traffic, tick: number): Activity {
  if (blamed !== null) return activityOfBlamed(blamed === "sources" ? "unknown" : blamed, novel, tick);
  return activityOfUnexpected(requests, expected ?? requests.map(() => 0), tick);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function sumSeries(rows: readonly { readonly at: readonly number[]; readonly values: readonly number[] }[]): number[] {
  const sums = Array.from({ length: SERIES_MINUTES }, () => 0);
  for (const row of rows) for (const [i, at] of row.at.entries()) sums[at]! += row.values[i]!;
  return sums;
}
