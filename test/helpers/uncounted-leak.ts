import type { Finding } from "../../src/model/finding/finding.js";
import type { Headline } from "../../src/model/finding/headline.js";
import type { UnreportedLeak } from "../../src/model/finding/leak-statistics.js";

const HOUR = 3_600_000;

/** What is said of requests that no caller reports, at a tick (epoch ms) at noon. */
export function uncounted(
  key: Headline["key"],
  tick: number,
): Pick<Finding, "onset" | "score" | "headline" | "signals"> & { readonly statistics: UnreportedLeak } {
  return {
    onset: tick - 3 * HOUR,
    score: 17.2,
    headline: {
      key,
      what: "the gateway served 1,240 requests since 09:00 UTC that no caller reports, $12.40; your callers usually miss 0.3 %",
      brief: "1,240 requests that no caller reports; callers usually miss 0.3 %",
    },
    signals: [
      {
        name: "reconciliation",
        score: 17.2,
        summary:
          "13,300 requests at the gateway since 2026-03-08 09:00 UTC, in minutes that every known caller of the key reported (billing, shop); they reported 12,024: 9.6 % are missing, and your callers usually miss 0.3 %",
      },
    ],
    statistics: {
      gateway_requests: 13_300,
      caller_requests: 12_024,
      callers: ["billing", "shop"],
      usual_missing_share: 0.0027,
      most_missing_share: 0.0075,
      usual_block_requests: 1005,
      evidence: 7_300_000,
      past_evidence_key_days: 1,
      history_days: 21,
      since_onset: {
        requests: 13_300,
        expected_requests: 12_060,
        spend_micros: 133_000_000,
        expected_spend_micros: null,
        novel_requests: 1240,
        novel_spend_micros: 12_400_000,
      },
      expected_once_in_key_days: 76_000,
      thresholds: { notice: 8.2, page: 10.9 },
      new_sources: [],
      blamed_networks: null,
    },
  };
}
