/** What a key did from the onset of a finding to its tick. */
export interface SinceOnset {
  readonly requests: number;
  /** Null when nothing is known of what is usual. */
  readonly expected_requests: number | null;
  readonly spend_micros: number;
  /** Of these: by sources that are new to the key. */
  readonly novel_requests: number;
  readonly novel_spend_micros: number;
}

/** Cost beyond what was expected, in millionths of a dollar: that of new sources or, where none are blamed, of the share of requests that nobody expected. */
export function unexpectedCost(since: SinceOnset): number {
  if (since.novel_spend_micros > 0) return since.novel_spend_micros;
  const unexpected = 1 - Math.min(1, (since.expected_requests ?? 0) / Math.max(1, since.requests));
  return Math.round(since.spend_micros * unexpected);
}
