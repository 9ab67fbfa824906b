import type { Finding } from "../../model/finding/finding.js";

/** Legitimate traffic that looks like this less often than once in so many days of a key leaves hardly any other explanation. */
const HARDLY_EVER_DAYS = 1e6;

/** How sure a finding is, in words; what they rest on stands in `confidence` of a page. */
export function confidenceWords({ cause, statistics, score }: Finding): string {
  if (cause !== "leak") return "certain: a fact";
  const { thresholds, expected_once_in_key_days: days } = statistics;
  const page = thresholds?.page ?? null;
  if (thresholds !== undefined && (page === null || score < page)) return "moderate: enough for a notice";
  return days >= HARDLY_EVER_DAYS ? "very high" : "high";
}
