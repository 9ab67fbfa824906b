/** A server that asks for more gets a second question after this long: a clock or a proxy may have been wrong. */
const LONGEST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;
/** Many importers that were refused together must not come back together. */
const JITTER = 0.25;

/** What an answer of ingest demands of the sender. */
export type AnswerVerdict =
  | "taken"
  /** Its idempotency key was used for another reading of the same records, which counted. */
  | "known"
  /** Nothing in the batch was acceptable; the next batch may be. */
  | "refused_batch"
  | "split"
  /** Full or paused: come back when it says so. */
  | "busy"
  /** The way to Plimsoll is broken. */
  | "unreachable"
  | "refused_sender";

/** The verdict on an HTTP status of `POST /v1/events`. */
export function judgeAnswer(status: number): AnswerVerdict {
  if (status === 202) return "taken";
  if (status === 422) return "known";
  if (status === 400) return "refused_batch";
  if (status === 413) return "split";
  if (status === 429 || status === 503) return "busy";
  if (status === 408 || status >= 500) return "unreachable";
  return "refused_sender";
}

/** The milliseconds that a `Retry-After` header asks for (seconds or HTTP date), or null when it says nothing. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/** Milliseconds to wait before try number `attempt` + 1: never sooner than asked, up to a minute; `random` is in [0, 1). */
export function nextWaitMs(attempt: number, retryAfterMs: number | null, random: number): number {
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.min(LONGEST_WAIT_MS, retryAfterMs ?? backoff) * (1 + JITTER * random);
}
