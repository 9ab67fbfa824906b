import { LRUCache } from "lru-cache";

/** Answers of ClickHouse kept in memory, each under a name and a stamp of what it was computed from: under another stamp it is asked for again. */
export class StampedCache<Answer> {
  readonly #kept: LRUCache<string, { readonly stamp: string; readonly answer: Answer }>;

  /** @param room how many answers are kept, those used last */
  constructor(room: number) {
    this.#kept = new LRUCache({ max: room });
  }

  /** The answer kept under a name and stamp. */
  peek(name: string, stamp: string): Answer | undefined {
    const kept = this.#kept.get(name);
    return kept?.stamp === stamp ? kept.answer : undefined;
  }

  /** Keeps an answer, and drops the one that was used longest ago when there is no room. */
  keep(name: string, stamp: string, answer: Answer): void {
    this.#kept.set(name, { stamp, answer });
  }

  /**
   * The answer kept under a name and stamp, or that of `read`. With `keep` false, because rows that it was computed from may still be on
   * their way into some of the roll-ups, it is not kept.
   */
  async recall(name: string, { stamp, keep }: Stamped, read: () => Promise<Answer>): Promise<Answer> {
    const kept = this.peek(name, stamp);
    if (kept !== undefined) return kept;
    const answer = await read();
    if (keep) this.keep(name, stamp, answer);
    return answer;
  }
}

/** A live check and one of late minutes take turns. */
const STAMPS_KEPT = 2;

/** An answer, or that a name has none. */
interface Known<Answer> {
  readonly answer: Answer | undefined;
}

/** Answers for names of which there are many under one stamp: those that are not kept are read together. */
export class NamedStampedCache<Answer> {
  readonly #stamps = new StampedCache<LRUCache<string, Known<Answer>>>(STAMPS_KEPT);
  readonly #room: number;

  /** @param room how many answers are kept under a stamp, and all those that were asked for first */
  constructor(room: number) {
    this.#room = room;
  }

  /** The answers kept for names, and those of `read` for the others; a name without an answer has none in the map. */
  async recall(
    names: readonly string[],
    { stamp, keep }: Stamped,
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  ): Promise<ReadonlyMap<string, Answer>> {
    const kept = this.#stamps.peek(stamp, stamp);
    const known = names.map((name) => [name, kept?.get(name)] as const);
    const missing = known.filter(([, one]) => one === undefined).map(([name]) => name);
    const fresh = missing.length === 0 ? new Map<string, Answer>() : await read(missing);
    const found = new Map<string, Answer>();
    for (const [name, one] of known) {
      const answer = one === undefined ? fresh.get(name) : one.answer;
      if (answer !== undefined) found.set(name, answer);
    }
    if (keep) {
      const room = kept ?? new LRUCache<string, Known<Answer>>({ max: Math.max(this.#room, names.length) });
      for (const name of missing) room.set(name, { answer: fresh.get(name) });
      this.#stamps.keep(stamp, stamp, room);
    }
    return found;
  }
}

/** What an answer was computed from, and whether it may be kept. */
interface Stamped {
  readonly stamp: string;
  readonly keep: boolean;
}

/** The newest answer, as long as what it was made from is the same: for what is worked out from other kept answers. */
export class SameCache<From extends readonly object[], Answer> {
  #from: From | null = null;
  #answer: Answer | null = null;

  recall(from: From, make: () => Answer): Answer {
    const last = this.#from;
    if (last === null || last.length !== from.length || from.some((part, i) => part !== last[i])) {
      this.#answer = make();
      this.#from = from;
    }
    return this.#answer as Answer;
  }
}
