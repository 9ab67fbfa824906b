import type { Finding, FindingSpan } from "../model/finding/finding.js";
import { NO_ADDRESS } from "../model/network/no-address.js";
import type { KeyLeak, KeyUse, LeakStatistics, NewSource } from "../model/finding/leak-statistics.js";
import type { SinceOnset } from "../model/finding/since-onset.js";
import { endedAt } from "../model/finding/activity.js";
import { leakHeadline, networkHeadline } from "../model/finding/use-sentences.js";

const SOURCES = 5;

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
  if (newest.cause !== "leak") return { ...newest, onset: firstOnset };
  const { statistics, headline, tick } = newest;
  const { addresses: blamed, isUnplaced } = blameOf(statistics);
  const whole: Whole = {
    since: statistics.since_onset,
    sources: new Map(),
    keys: new Map(),
    addresses: blamed ?? 0,
    isLeast: isCut(statistics),
    isUnplaced,
  };
  addUses(whole, statistics, 1);
  let cursor = newest.onset;
  for (const finding of earlier.toSorted((a, b) => b.onset - a.onset)) {
    const share = (Math.min(cursor, finding.tick) - finding.onset) / Math.max(1, finding.tick - finding.onset);
    if (share <= 0 || finding.cause !== "leak") continue;
    addFinding(whole, finding.statistics, share);
    cursor = finding.onset;
  }
  const { since, sources, keys } = whole;
  const span = { since, onset: firstOnset, tick };
  const joined = {
    since_onset: since,
    new_sources: [...sources.values()].toSorted(byRequests).slice(0, SOURCES),
  };
  const told = { ...newest, onset: firstOnset };
  if ("keys" in statistics) {
    const all = { ...statistics, ...joined, keys: [...keys.values()].toSorted(byRequests) };
    // A group's rise is that of its window, and is said as it was found.
    if (!("network" in statistics)) return { ...told, statistics: all };
    const keyIds = statistics.keys.map(({ key_id: keyId }) => keyId);
    const said = networkHeadline({ network: statistics.network, keyIds, keys: keys.size, ...span });
    return { ...told, headline: said, statistics: all };
  }
  if (!("new_addresses" in statistics)) return { ...told, statistics: { ...statistics, ...joined } };
  const seen = Math.max(whole.addresses, sources.size - Number(sources.has(NO_ADDRESS)));
  const addresses = blamed === null ? null : seen;
  const unplaced = whole.isUnplaced ? ({ without_address: true } as const) : {};
  return {
    ...told,
    headline: leakHeadline(headline.key, {
      ...span,
      ...evidenceOf(statistics),
      firstDays: statistics.first_days?.kind ?? null,
      endedAt: endedAt(statistics.activity ?? null),
      addresses,
      isLeast: whole.isLeast,
      isUnplaced: whole.isUnplaced,
    }),
    statistics: { ...statistics, ...joined, new_addresses: addresses, ...unplaced },
  };
}

/** What the newest finding is about, besides addresses. */
function evidenceOf({ new_clients: clients, refused_routes: refusedRoutes }: KeyLeak) {
  return { ...(clients === undefined ? {} : { clients }), ...(refusedRoutes === undefined ? {} : { refusedRoutes }) };
}

/** What findings tell of all the time since the first onset. */
interface Whole {
  since: SinceOnset;
  readonly sources: Map<string, NewSource>;
  readonly keys: Map<string, KeyUse>;
  /** The most addresses that one of them blames. */
  addresses: number;
  /** Whether there may be more addresses than were counted. */
  isLeast: boolean;
  isUnplaced: boolean;
}

function addFinding(whole: Whole, statistics: LeakStatistics, share: number): void {
  const { addresses, isUnplaced } = blameOf(statistics);
  whole.since = sumOf(whole.since, statistics.since_onset, share);
  addUses(whole, statistics, share);
  whole.addresses = Math.max(whole.addresses, addresses ?? 0);
  whole.isUnplaced ||= isUnplaced;
  whole.isLeast ||= isCut(statistics);
}

function addUses({ sources, keys }: Whole, statistics: LeakStatistics, share: number): void {
  addTo(sources, statistics.new_sources, ({ address }) => address, share);
  if ("keys" in statistics) addTo(keys, statistics.keys, ({ key_id: keyId }) => keyId, share);
}

/** How many addresses a finding blames (null: none can be), and whether some of it came without one. */
function blameOf(statistics: LeakStatistics): { readonly addresses: number | null; readonly isUnplaced: boolean } {
  if (!("new_addresses" in statistics)) return { addresses: null, isUnplaced: false };
  return { addresses: statistics.new_addresses, isUnplaced: statistics.without_address === true };
}

/** Whether it blames more addresses than it lists. */
function isCut(statistics: LeakStatistics): boolean {
  return (blameOf(statistics).addresses ?? 0) > statistics.new_sources.length;
}

function sumOf(a: SinceOnset, b: SinceOnset, share: number): SinceOnset {
  const add = (x: number, y: number) => x + Math.round(y * share);
  const [known, more] = [a.expected_requests, b.expected_requests];
  const { expected_spend_micros: cost = null } = a;
  const { expected_spend_micros: moreCost = null } = b;
  return {
    requests: add(a.requests, b.requests),
    expected_requests: known === null || more === null ? null : known + more * share,
    spend_micros: add(a.spend_micros, b.spend_micros),
    expected_spend_micros: cost === null || moreCost === null ? null : add(cost, moreCost),
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
