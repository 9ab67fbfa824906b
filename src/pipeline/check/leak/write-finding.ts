import { expectedMinutes } from "../../../baseline/expectation.js";
import { activityOfUnexpected, activityOfBlamed } from "../../../detect/activity.js";
import { costAtRisk, severityAtRisk } from "../../../detect/at-risk.js";
import type { Verdict } from "../../../detect/judge-key.js";
import { findOnset } from "../../../detect/onset.js";
import { rarityOf, type Thresholds } from "../../../detect/threshold.js";
import { noveltyMs, type Baseline } from "../../../model/finding/baseline.js";
import { blameStatistics } from "../../../model/finding/blamed-sources.js";
import { endedAt, type Activity } from "../../../model/finding/activity.js";
import type { Finding } from "../../../model/finding/finding.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { AddressCovers } from "../../../model/network/address-cover.js";
import { NO_ADDRESS } from "../../../model/network/no-address.js";
import { round6 } from "../../../model/round.js";
import { unexpectedCost, type SinceOnset } from "../../../model/finding/since-onset.js";
import { newSource, type BlamedTraffic } from "./blamed-traffic.js";
import { NewTraffic, type SubjectRows } from "./new-traffic.js";
import { whatIsBlamed, type Blamed } from "./what-is-blamed.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import { minuteAt, type MinuteSeries, SERIES_MINUTES } from "./minute-series.js";
import type { Subject } from "../../../model/subject.js";
import { namedKey } from "../../../model/finding/headline.js";
import { leakHeadline } from "../../../model/finding/use-sentences.js";

/** Busiest sources that are listed with their figures; `blamed_networks` holds all. */
const LISTED = 5;
const DAY_MINUTES = DAY_MS / MINUTE_MS;
const NOTHING_EXPECTED: readonly number[] = Array.from({ length: DAY_MINUTES }, () => 0);

/** What the findings of a subject in one span have in common: opened once, asked at each tick. */
export interface OpenSubject {
  readonly subject: Subject;
  readonly asOf: number;
  readonly hour: number;
  readonly limits: Thresholds;
  readonly baseline: Baseline | null;
  readonly key: KeyVersion | null;
  readonly series: MinuteSeries | undefined;
  readonly traffic: NewTraffic;
  /** Requests expected in each minute of the series. */
  readonly expected: readonly number[];
  readonly covers: AddressCovers;
}

/** Prepares what all findings of a subject in a span are written from. */
export function openSubject(
  of: Omit<OpenSubject, "traffic" | "expected" | "covers">,
  rows: Omit<SubjectRows, "hour">,
): OpenSubject {
  const start = of.hour - DAY_MS;
  return {
    ...of,
    traffic: new NewTraffic({ ...rows, hour: of.hour }),
    expected: expectedMinutes(of.baseline, start, start + SERIES_MINUTES * MINUTE_MS),
    covers: new AddressCovers(),
  };
}

/** Writes up a verdict: since when, how much, at what cost, from where, in figures and in one sentence. */
export function writeFinding(of: OpenSubject, tick: number, verdict: Verdict): Finding {
  const { subject, baseline } = of;
  const traffic = trafficOf(of, tick, verdict);
  const { blamed, onset, from, end } = traffic;
  const since = sinceOnset(traffic, verdict.statistics.spend_per_request);
  const told = traffic.newcomers.between(from, end);
  const sources = blamed === "clients" ? [] : told;
  const sourceAddresses = sources.map(({ source }) => source.value);
  const activity = activityOf(traffic, tick);
  // A provider's report comes late: its last minutes are empty, whoever goes on.
  const isTimely = subject.observedBy !== "provider";
  // What has ended puts nothing at risk.
  const atRisk = activity.is_going_on || !isTimely ? costAtRisk(unexpectedCost(since), onset, tick) : 0;
  const isUnplaced = sourceAddresses.includes(NO_ADDRESS);
  const isOfSources = blamed === "sources" || (blamed === "refusals" && sources.length > 0);
  const addresses = isOfSources ? sources.length - Number(isUnplaced) : null;
  const evidence = {
    ...(blamed === "clients" ? { clients: told.map(({ source }) => source.value) } : {}),
    ...(blamed === "refusals" ? { refusedRoutes: of.traffic.refusedRoutes(from, end) } : {}),
  };
  const at = new Date(tick).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return {
    findingId: `leak/${encodeURIComponent(subject.keyId)}/${subject.observedBy}/${at}`,
    tick,
    asOf: of.asOf,
    ...subject,
    cause: "leak",
    subject: null,
    severity: severityAtRisk(verdict.severity ?? "info", atRisk),
    score: verdict.score,
    onset,
    headline: leakHeadline(namedKey(subject.keyId, of.key), {
      since,
      addresses,
      isUnplaced,
      onset,
      tick,
      firstDays: verdict.statistics.first_days?.kind ?? null,
      endedAt: endedAt(isTimely ? activity : null),
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
      ...(blamed === null ? {} : { also_new: of.traffic.alsoNew(from, end) }),
      ...(evidence.refusedRoutes === undefined ? {} : { refused_routes: evidence.refusedRoutes }),
      ...(isTimely ? { activity } : {}),
      at_risk_micros: atRisk,
      ...rarityOf(verdict.score, of.limits),
      baseline_day: baseline?.day ?? null,
      limit_per_minute: of.key?.limitPerMinute ?? null,
      new_sources: sources.slice(0, LISTED).map((source) => newSource(source, from, end)),
      ...blameStatistics(sourceAddresses, of.covers),
    },
  };
}

/** What a key did minute by minute, from the onset to the tick: all of it, and that of the newcomers that are blamed. */
interface Traffic {
  readonly blamed: Blamed;
  readonly newcomers: BlamedTraffic;
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

function trafficOf(of: OpenSubject, tick: number, verdict: Verdict): Traffic {
  const { baseline, series } = of;
  const start = of.hour - DAY_MS;
  const end = minuteAt({ start }, tick);
  const first = end - DAY_MINUTES;
  const { blamed, levels } = whatIsBlamed(verdict);
  const within = { tick, minutes: [end - WINDOW_MINUTES[verdict.statistics.window]!, end] } as const;
  const newcomers =
    blamed === "refusals" ? of.traffic.refusals() : of.traffic.unexpectedAt(levels, tick - noveltyMs(baseline), within);
  const { requests: novel, spendMicros: novelSpend } = newcomers;
  const [requests, spendMicros] = [series?.requests ?? [], series?.spendMicros ?? []];
  const expected = of.expected.slice(first, end);
  const onsetMinute =
    blamed === null
      ? findOnset(requests.slice(first, end), expected)
      : findOnset(novel.slice(first, end), NOTHING_EXPECTED);
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

/** @param eachMicros what a request of the key usually costs; 0 when unknown */
function sinceOnset({ requests, spendMicros, novel, novelSpend, expected }: Traffic, eachMicros: number): SinceOnset {
  const expectedRequests = expected === null ? null : round6(sumOf(expected));
  return {
    requests: sumOf(requests),
    expected_requests: expectedRequests,
    spend_micros: sumOf(spendMicros),
    expected_spend_micros:
      expectedRequests === null || eachMicros <= 0 ? null : Math.round(expectedRequests * eachMicros),
    novel_requests: sumOf(novel),
    novel_spend_micros: sumOf(novelSpend),
  };
}

function activityOf({ blamed, requests, novel, expected }: Traffic, tick: number): Activity {
  if (blamed !== null) return activityOfBlamed(blamed === "sources" ? "unknown" : blamed, novel, tick);
  return activityOfUnexpected(requests, expected ?? requests.map(() => 0), tick);
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum;
}
