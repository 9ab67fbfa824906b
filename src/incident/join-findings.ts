import type { Finding, FindingSpan } from "../model/finding/finding.js";
import { NO_ADDRESS } from "../model/network/no-address.js";
import type { LeakStatistics, NewSource } from "../model/finding/leak-statistics.js";
import { leakSentence, usedSince } from "../model/finding/use-sentences.js";
import { statisticsOf } from "../model/finding/finding-statistics.js";

const SOURCES = 5;

type Since = NonNullable<LeakStatistics["since_onset"]>;
type KeyUse = NonNullable<LeakStatistics["keys"]>[number];

/**
 * Which earlier findings tell, with the newest, all that went on since the first onset: none overlaps the one after it but the last,
 * which tells of the time before the second. Takes spans of ticks before the newest's, the newest first.
 */
export function chooseEarlier(newest: FindingSpan, spans: readonly FindingSpan[]): FindingSpan[] {
  const chosen: FindingSpan[] = [];
  let cursor = newest.onset;
  for (const span of spans) {
    if (span.tick > cursor || span.onset >= cursor) continue;
    chosen.push(span);
    cursor = span.onset;
  }
  const before = spans.filter(({ onset }) => onset < cursor);
  const first = before.toSorted((a, b) => a.onset - b.onset || a.tick - b.tick)[0];
  return first === undefined ? chosen : [...chosen, first];
}

/**
 * A finding as its incident tells it: since the first onset (epoch ms), with what earlier findings say of the time before its own. Of one that
 * overlaps, the share that lies before. Requests, cost, addresses and keys are those of all that time; what was judged stays as it is.
 */
export function joinFindings(newest: Finding, earlier: readonly Finding[], firstOnset: number): Finding {
  const statistics = statisticsOf(newest) as LeakStatistics;
  if (statistics.since_onset === undefined) return { ...newest, onset: firstOnset };
  let since: Since = { ...statistics.since_onset };
  const sources = new Map<string, NewSource>();
  const keys = new Map<string, KeyUse>();
  addTo(sources, statistics.new_sources ?? [], ({ address }) => address, 1);
  addTo(keys, statistics.keys ?? [], ({ key_id: keyId }) => keyId, 1);
  let cursor = newest.onset;
  let most = statistics.new_addresses ?? 0;
  let isLeast = most > (statistics.new_sources ?? []).length;
  let isUnplaced = statistics.without_address === true;
  for (const finding of earlier.toSorted((a, b) => b.onset - a.onset)) {
    const share = (Math.min(cursor, finding.tick) - finding.onset) / Math.max(1, finding.tick - finding.onset);
    const own = statisticsOf(finding) as LeakStatistics;
    if (share <= 0 || own.since_onset === undefined) continue;
    since = sumOf(since, own.since_onset, share);
    addTo(sources, own.new_sources ?? [], ({ address }) => address, share);
    addTo(keys, own.keys ?? [], ({ key_id: keyId }) => keyId, share);
    most = Math.max(most, own.new_addresses ?? 0);
    isUnplaced ||= own.without_address === true;
    isLeast ||= (own.new_addresses ?? 0) > (own.new_sources ?? []).length;
    cursor = finding.onset;
  }
  const blamed = statistics.new_addresses ?? null;
  const addresses = blamed === null ? null : Math.max(most, sources.size - Number(sources.has(NO_ADDRESS)));
  const span = { onset: firstOnset, tick: newest.tick };
  const own = {
    since: statistics.since_onset,
    addresses: blamed,
    isUnplaced: statistics.without_address === true,
    onset: newest.onset,
    tick: newest.tick,
  };
  const summary = newest.summary
    .replace(leakSentence(own), () => leakSentence({ since, addresses, isLeast, isUnplaced, ...span }))
    .replace(usedSince(own), () => usedSince({ since, ...span }));
  return {
    ...newest,
    onset: firstOnset,
    summary,
    statistics: {
      ...newest.statistics,
      since_onset: since,
      new_addresses: addresses,
      ...(isUnplaced ? { without_address: true } : {}),
      new_sources: [...sources.values()].toSorted(byRequests).slice(0, SOURCES),
      ...(statistics.keys === undefined ? {} : { keys: [...keys.values()].toSorted(byRequests) }),
    },
  };
}

function sumOf(a: Since, b: Since, share: number): Since {
  const add = (x: number, y: number) => x + Math.round(y * share);
  const [known, more] = [a.expected_requests, b.expected_requests];
  return {
    requests: add(a.requests, b.requests),
    expected_requests: known === null || more === null ? null : known + more * share,
    spend_micros: add(a.spend_micros, b.spend_micros),
    novel_requests: add(a.novel_requests, b.novel_requests),
    novel_spend_micros: add(a.novel_spend_micros, b.novel_spend_micros),
  };
}

interface Counted {
  readonly requests: number;
  readonly spend_micros?: number;
  readonly first_seen?: string;
}

function addTo<Row extends Counted>(
  to: Map<string, Row>,
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  share: number,
): void {
  for (const row of rows) {
    const known = to.get(nameOf(row));
    const requests = (known?.requests ?? 0) + Math.round(row.requests * share);
    const micros = (known?.spend_micros ?? 0) + Math.round((row.spend_micros ?? 0) * share);
    const earliest = [known?.first_seen, row.first_seen].filter((text) => text !== undefined).toSorted()[0];
    const first = earliest === undefined ? {} : { first_seen: earliest };
    if (requests > 0) to.set(nameOf(row), { ...row, requests, spend_micros: micros, ...first });
  }
}

const byRequests = (a: Counted, b: Counted) => b.requests - a.requests;
