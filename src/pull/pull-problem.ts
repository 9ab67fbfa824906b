/** Why a page could not be read: whether asking again may help, and when. Its message holds no credential. */
export class PullProblem extends Error {
  readonly canRetry: boolean;
  /** So long (ms) the provider asks to be left alone; null: it does not say. */
  readonly retryAfterMs: number | null;

  constructor(message: string, { canRetry = false, retryAfterMs = null }: Partial<RetryAdvice> = {}) {
    super(message);
    this.name = "PullProblem";
    this.canRetry = canRetry;
    this.retryAfterMs = retryAfterMs;
  }
}

interface RetryAdvice {
  readonly canRetry: boolean;
  readonly retryAfterMs: number | null;
}
