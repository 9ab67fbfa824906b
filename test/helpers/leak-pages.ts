import type { Finding } from "../../src/model/finding/finding.js";
import type { Activity } from "../../src/model/finding/activity.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import { uncounted } from "./uncounted-leak.js";
import { leakHeadline, networkHeadline } from "../../src/model/finding/use-sentences.js";
import type { Severity } from "../../src/model/incident/page.js";
import { finding, HOUR, MINUTE, T, type FindingChange } from "./incident-parts.js";
import { keyVersion } from "./key-version.js";
import { KEY, pageOn, UNREAD, UNREGISTERED, type PageCase } from "./page-parts.js";

export const ONSET = T - 46 * MINUTE;
export const GOING_ON: Activity = {
  of: "unknown",
  is_going_on: true,
  last_at: "2026-03-08T11:58:00.000Z",
  quiet_minutes: 1,
  per_minute: 3.2,
};
export const SINCE = {
  requests: 183,
  expected_requests: 23,
  spend_micros: 2_562_000,
  expected_spend_micros: 322_000,
  novel_requests: 160,
  novel_spend_micros: 2_240_000,
};
export const STATISTICS = {
  explanation:
    "160 requests in the last 15 minutes from a hosting or VPN network never seen for this key. This key reached that on 0 of 28 past days (the last 3 days not counted), an average key on one day in 4,000, and with all signals combined legitimate traffic looks like this once in 120,000 key-days.",
  since_onset: SINCE,
  new_addresses: 3,
  at_risk_micros: 61_000_000,
  spend_per_request: 14_000,
  expected_once_in_key_days: 120_000,
  thresholds: { notice: 8.2, page: 10.9 },
  baseline_day: "2026-03-07",
  activity: GOING_ON,
  new_sources: [
    {
      address: "203.0.113.7",
      asn: 64500,
      network_type: "hosting",
      first_seen: "2026-03-08T11:14:00.000Z",
      requests: 140,
      spend_micros: 1_960_000,
    },
  ],
  ...blameStatistics(["203.0.113.7", "203.0.113.8", "203.0.113.9"]),
};
const SIGNALS: Finding["signals"] = [
  {
    name: "sources",
    score: 9.1,
    summary:
      "160 requests in the last 15 minutes from a hosting or VPN network never seen for this key; all sources of this key together usually make about 179 in that time",
  },
  { name: "headroom", score: 2.3, summary: "never below 90 % of its limit in the last 15 minutes" },
];

export const NAMED = { name: KEY.display, owner: KEY.owner };

/** A leak of the key through new addresses, said as the check says it. */
export function newcomers(severity: Severity, changed: FindingChange = {}): Finding {
  const headline = leakHeadline(NAMED, { since: SINCE, addresses: 3, onset: ONSET, tick: T });
  const of = { keyId: KEY.keyId, score: 11.4, onset: ONSET, signals: SIGNALS, statistics: STATISTICS };
  return finding(severity, T, { ...of, headline, ...changed });
}

const ENDED = {
  ...GOING_ON,
  is_going_on: false,
  last_at: "2026-03-08T11:31:00.000Z",
  quiet_minutes: 28,
  per_minute: 0,
};
const PAUSED = { ...GOING_ON, last_at: "2026-03-08T11:56:00.000Z", quiet_minutes: 3 };
const active = (changed: object) => newcomers("error", { statistics: { ...STATISTICS, ...changed } });
const OWN_SINCE = { ...SINCE, novel_requests: 0, novel_spend_micros: 0 };
const known = newcomers("error", {
  headline: leakHeadline(NAMED, { since: OWN_SINCE, addresses: null, onset: ONSET, tick: T }),
  signals: [
    {
      name: "rate",
      score: 11.4,
      summary: "183 requests in the last 15 minutes; about 23 expected in any 15 minutes at this time of the week",
    },
  ],
  statistics: {
    ...STATISTICS,
    since_onset: OWN_SINCE,
    new_addresses: null,
    new_sources: [],
    ...blameStatistics([]),
    activity: { ...GOING_ON, of: "unexpected" },
  },
});
const unregistered = newcomers("warning", {
  keyId: UNREGISTERED,
  headline: leakHeadline({ name: UNREGISTERED, owner: null }, { since: SINCE, addresses: 3, onset: ONSET, tick: T }),
  statistics: {
    ...STATISTICS,
    since_onset: { ...SINCE, expected_requests: null, expected_spend_micros: null },
    baseline_day: null,
  },
});

const KEYS = [
  { key_id: "key_8c1d", requests: 900, spend_micros: 12_000_000, score: 8 },
  { key_id: "key_77aa", requests: 300, spend_micros: 0, score: 5 },
];
const REGISTRY = [KEY, keyVersion({ keyId: "key_77aa", owner: "growth" })];
const DAY_SINCE = {
  requests: 1200,
  expected_requests: null,
  spend_micros: 12_000_000,
  expected_spend_micros: null,
  novel_requests: 1200,
  novel_spend_micros: 12_000_000,
};
const network = newcomers("critical", {
  subject: { kind: "network", network: "203.0.113.0/24" },
  onset: T - 5 * HOUR,
  headline: networkHeadline({
    network: "203.0.113.0/24",
    keyIds: KEYS.map((one) => one.key_id),
    keys: 2,
    since: DAY_SINCE,
    onset: T - 5 * HOUR,
    tick: T,
  }),
  signals: [
    {
      name: "shared_network",
      score: 11.4,
      summary: "2 keys use 203.0.113.0/24, new to all of them within the last week: 1,200 requests in 24 hours",
    },
  ],
  statistics: {
    network: "203.0.113.0/24",
    keys: KEYS,
    since_onset: DAY_SINCE,
    activity: { ...GOING_ON, last_at: null },
    expected_once_in_key_days: 2e9,
    thresholds: { notice: 8.2, page: 10.9 },
    new_sources: [],
    blamed_networks: ["203.0.113.0/24"],
  },
});
const GROUP_SENTENCE =
  "the keys of owner payments together: 1,200 requests in the last hour, 340 % above what is usual for these keys ($12.00); most of it on key_8c1d";
const GROUP_BRIEF = "the keys of owner payments together 340 % above usual: 1,200 requests in the last hour";
const group = newcomers("warning", {
  subject: { kind: "owner", name: "payments", observedBy: "gateway" },
  onset: T - HOUR,
  headline: { key: null, what: GROUP_SENTENCE, brief: GROUP_BRIEF },
  signals: [
    {
      name: "rate",
      score: 11.4,
      summary: "1,200 requests of the group in the last hour, 340 % above the sum of what each key is expected to do",
    },
  ],
  statistics: {
    group: { kind: "owner", name: "payments", members: 2 },
    keys: KEYS,
    since_onset: {
      ...DAY_SINCE,
      expected_requests: 273,
      expected_spend_micros: 2_730_000,
      novel_requests: 0,
      novel_spend_micros: 0,
    },
    foreign: { requests: 4810, spend_micros: 48_100_000 },
    activity: { ...GOING_ON, of: "unexpected", last_at: null },
    expected_once_in_key_days: 9000,
    thresholds: { notice: 8.2, page: null },
    new_sources: [],
  },
});

/** Pages about leaks: of one key, of many, and how they end. */
export const LEAK_PAGES: readonly PageCase[] = [
  ...(["critical", "error", "warning", "info"] as const).map((severity) => ({
    name: `leak-newcomers-${severity}`,
    page: pageOn(newcomers(severity)),
  })),
  { name: "leak-newcomers-ended", page: pageOn(active({ activity: ENDED, at_risk_micros: 0 })) },
  { name: "leak-newcomers-paused", page: pageOn(active({ activity: PAUSED })) },
  { name: "leak-newcomers-evidence-unread", page: pageOn(newcomers("error"), { evidence: UNREAD }) },
  { name: "leak-unregistered-warning", page: pageOn(unregistered) },
  { name: "leak-without-newcomers-error", page: pageOn(known) },
  { name: "leak-no-caller-reports-warning", page: pageOn(newcomers("warning", uncounted(NAMED, T))) },
  { name: "leak-many-keys-critical", page: pageOn(network, { keys: REGISTRY }) },
  { name: "leak-group-warning", page: pageOn(group, { keys: REGISTRY }) },
  { name: "leak-resolved", page: pageOn(null, { step: { kind: "resolved", reason: "clean_for_a_day", sequence: 5 } }) },
  {
    name: "leak-acknowledged",
    page: pageOn(null, { step: { kind: "acknowledged", reason: "by_person", sequence: 2 } }),
  },
];
