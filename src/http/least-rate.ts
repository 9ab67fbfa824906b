/** Notes what arrives of one body. */
export interface WatchedBody {
  readonly received: (bytes: number) => void;
  readonly done: () => void;
}

export interface LeastRateLimits {
  /** A line may take so long to get going. */
  readonly graceMs: number;
  /** Below this, on average since its beginning, a body is cut off. */
  readonly bytesPerSecond: number;
  readonly lookEveryMs: number;
}

/** A modem sends more; 10 MiB at this rate would be cut off by the time that a request may take anyway. */
const LIMITS: LeastRateLimits = { graceMs: 5000, bytesPerSecond: 1000, lookEveryMs: 1000 };

/** Cuts off bodies that arrive so slowly that they are sent to occupy a place. */
export class LeastRate {
  readonly #limits: LeastRateLimits;
  readonly #bodies = new Set<{ readonly startedAt: number; bytes: number; readonly cut: () => void }>();
  #lookedAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: LeastRateLimits = LIMITS) {
    this.#limits = limits;
  }

  watch(cut: () => void): WatchedBody {
    const body = { startedAt: performance.now(), bytes: 0, cut };
    this.#bodies.add(body);
    if (this.#timer === null) {
      this.#lookedAt = body.startedAt;
      this.#timer = setInterval(() => this.#look(), this.#limits.lookEveryMs).unref();
    }
    return {
      received: (bytes) => {
        body.bytes += bytes;
      },
      done: () => void this.#bodies.delete(body),
    };
  }

  #look(): void {
    const now = performance.now();
    // A process that was held up has not read what has arrived.
    const heldUp = now - this.#lookedAt > 2 * this.#limits.lookEveryMs;
    this.#lookedAt = now;
    if (this.#bodies.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    if (heldUp) return;
    for (const { startedAt, bytes, cut } of this.#bodies) {
      const ms = now - startedAt;
      if (ms > this.#limits.graceMs && bytes * 1000 < ms * this.#limits.bytesPerSecond) cut();
    }
  }
}
