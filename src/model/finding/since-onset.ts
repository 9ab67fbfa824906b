/** What a key did from the onset of a finding to its tick. */
export interface SinceOnset {
  readonly requests: number;
  /** Null when nothing is known of what is usual. */
  readonly expected_requests: number | null;
  readonly spend_micros: number;
  /** What the expected requests would have cost at the key's usual cost of one, millionths of a dollar; null when nothing is known of either. Absent in findings from before it was kept. */
  readonly expected_spend_micros?: number | null;
  /** Of these: by sources that are new to the key. */
  readonly novel_requests: number;
  readonly novel_spend_micros: number;
}

/**
 * Cost beyond what was expected, in millionths of a dollar: that of new sources or, where none are blamed, what the expected requests do not cost. Where nobody knows what a
 * request usually costs, it is that of the share of requests that nobody expected.
 */
export function unexpectedCost(since: SinceOnset): number {
  if (since.novel_spend_micros > 0) return since.novel_spend_micros;
  const { expected_spend_micros: expected = null } = since;
  if (expected !== null) return Math.max(0, since.spend_micros - expected);
  const unexpected = 1 - Math.min(1, (since.expected_requests ?? 0) / Math.max(1, since.requests));
  return Math.round(since.spend_micros * unexpected);
}
