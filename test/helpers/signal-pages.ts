import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import { leakHeadline } from "../../src/model/finding/use-sentences.js";
import { T } from "./incident-parts.js";
import { GOING_ON, NAMED, newcomers, ONSET, SINCE, STATISTICS } from "./leak-pages.js";
import { pageOn, type PageCase } from "./page-parts.js";

/** What a key does in its first days, from where none of its owner's other keys was ever used. */
const firstDays = newcomers("critical", {
  headline: leakHeadline(NAMED, {
    since: { ...SINCE, expected_requests: null, expected_spend_micros: null },
    addresses: 3,
    onset: ONSET,
    tick: T,
    firstDays: "new",
  }),
  signals: [
    {
      name: "sources",
      score: 11.4,
      summary:
        "160 requests in the last hour from a hosting or VPN network never seen for this key or any other key of its owner",
    },
  ],
  statistics: {
    ...STATISTICS,
    explanation:
      "160 requests in the last hour from a hosting or VPN network never seen for this key or any other key of its owner. This key is in its first 48 hours and was compared with the other keys of its owner, none of which had used that a week before; a new key starts like this on one key-day in 22,000, and with all signals combined legitimate traffic looks like this once in 120,000 key-days.",
    since_onset: { ...SINCE, expected_requests: null, expected_spend_micros: null },
    first_days: { kind: "new", compared_with: "owner" },
    baseline_day: null,
  },
});
/** Somebody on the owner's own host, with another program. */
const program = newcomers("error", {
  headline: leakHeadline(NAMED, { since: SINCE, addresses: null, clients: ["curl"], onset: ONSET, tick: T }),
  signals: [
    {
      name: "clients",
      score: 11.4,
      summary: "160 requests in the last hour by a program that never used this key until a week before",
    },
  ],
  statistics: {
    ...STATISTICS,
    new_addresses: null,
    new_sources: [],
    new_clients: ["curl"],
    ...blameStatistics([]),
    activity: { ...GOING_ON, of: "clients" },
  },
});
const REFUSED = { ...SINCE, novel_spend_micros: 0 };
/** Somebody finds out what the key may do. */
const explorer = newcomers("error", {
  headline: leakHeadline(NAMED, { since: REFUSED, addresses: 3, refusedRoutes: 14, onset: ONSET, tick: T }),
  signals: [
    {
      name: "refusals",
      score: 11.4,
      summary: "160 requests refused in the last 15 minutes on 14 routes that never served this key",
    },
  ],
  statistics: { ...STATISTICS, since_onset: REFUSED, refused_routes: 14, activity: { ...GOING_ON, of: "refusals" } },
});

/** Pages about leaks that something else than a network speaks of, or a network in a key's first days. */
export const SIGNAL_PAGES: readonly PageCase[] = [
  { name: "leak-first-days-critical", page: pageOn(firstDays) },
  { name: "leak-program-error", page: pageOn(program) },
  { name: "leak-refusals-error", page: pageOn(explorer) },
];
