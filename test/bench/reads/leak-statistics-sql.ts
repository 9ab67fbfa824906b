import type { KeyLeak } from "../../../src/model/finding/leak-statistics.js";

/** What differs from finding to finding, as it stands in the text before each has its own. */
const [REQUESTS, SPEND_MICROS, AT_RISK_MICROS] = [11_111_111, 22_222_222, 33_333_333];
const [LAST_AT, FIRST_SEEN, ADDRESS, PAIR, THIRD] = ["@last_at", "@first_seen", "@address", "@pair", "@third"];

/** Of a key that a new hoster uses beside its owner. Typed: views read of it what they show, and a finding without it is none that a check wrote. */
const LEAK: KeyLeak = {
  explanation: "12 requests in the last 15 minutes from a hosting or VPN network never seen for this key.",
  window: 1,
  expert: "newcomer",
  requests: [4, 12, 48, 190],
  spend_micros: [12_000, 36_000, 144_000, 570_000],
  expected_requests: [2, 6, 24, 95],
  rate_variance: null,
  spend_variance: null,
  novel: {},
  unplaced_requests: [0, 0, 0, 0],
  churn: [0, 0, 0, 0],
  spend_per_request: 3000,
  age_days: 200,
  has_addresses: true,
  floors: null,
  current_share: 0,
  rate_residual: [0, 0, 0, 0],
  spend_residual: [0, 0, 0, 0],
  surprises: [],
  history_days: 28,
  baseline_day: null,
  limit_per_minute: 600,
  since_onset: {
    requests: REQUESTS,
    expected_requests: null,
    spend_micros: SPEND_MICROS,
    novel_requests: REQUESTS,
    novel_spend_micros: SPEND_MICROS,
  },
  new_addresses: 3,
  at_risk_micros: AT_RISK_MICROS,
  expected_once_in_key_days: 120_000,
  thresholds: { notice: 4.2, page: 5.1 },
  activity: { of: "unknown", is_going_on: true, last_at: LAST_AT, quiet_minutes: 1, per_minute: 0.8 },
  new_sources: [
    {
      address: ADDRESS,
      asn: 65_000,
      network_type: "hosting",
      first_seen: FIRST_SEEN,
      requests: REQUESTS,
      spend_micros: SPEND_MICROS,
    },
  ],
  blamed_addresses: 3,
  blamed_networks: [PAIR, THIRD],
};

const instant = (seconds: string) => `formatDateTime(toDateTime(${seconds}, 'UTC'), '%Y-%m-%dT%H:%i:%S.000Z')`;
const address = (last: number) => `IPv4NumToString(toUInt32(3400000000 + n * 256 + ${last}))`;
const FOUND = "(1 + intDiv(at - onset, 300))";

/** The same as SQL, of a row with the key's number `n`, its `key_id` and `onset`, and `at` (epoch seconds). */
export const STATISTICS = (
  [
    [REQUESTS, `toString(${FOUND})`],
    [SPEND_MICROS, `toString(3000 * ${FOUND})`],
    [AT_RISK_MICROS, "toString(1000000 + sipHash64(key_id) % 50000000)"],
    [LAST_AT, instant("at")],
    [FIRST_SEEN, instant("onset")],
    [ADDRESS, address(0)],
    [PAIR, `concat(${address(0)}, '/31')`],
    [THIRD, `concat(${address(2)}, '/32')`],
  ] as const
).reduce(
  (text, [mark, value]) => `replaceAll(${text}, '${mark}', ${value})`,
  `'${JSON.stringify(LEAK).replaceAll("'", "''")}'`,
);
