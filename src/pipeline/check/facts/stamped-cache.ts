/** Answers of ClickHouse kept in memory, each under a name and a stamp of what it was computed from: under another stamp it is asked for again. */
export class Shelf<Answer> {
  readonly #kept = new Map<string, { readonly stamp: string; readonly answer: Answer }>();
  readonly #room: number;

  /** @param room how many answers are kept, those put there last */
  constructor(room: number) {
    this.#room = room;
  }

  /** The answer kept under a name and stamp. */
  peek(name: string, stamp: string): Answer | undefined {
    const kept = this.#kept.get(name);
    return kept?.stamp === stamp ? kept.answer : undefined;
  }

  /** Keeps an answer, and drops the one that was kept first when there is no room. */
  keep(name: string, stamp: string, answer: Answer): void {
    this.#kept.delete(name);
    this.#kept.set(name, { stamp, answer });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#room) break;
      this.#kept.delete(oldest);
    }
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

/** Answers for names of which there are many under one stamp: those that are not kept are read together. */
export class NamedShelf<Answer> {
  readonly #stamps = new Shelf<Map<string, Answer | null>>(STAMPS_KEPT);
  readonly #room: number;

  /** @param room how many answers are kept under a stamp */
  constructor(room: number) {
    this.#room = room;
  }

  /** The answers kept for names, and those of `read` for the others; a name without an answer has none in the map. */
  async recall(
    names: readonly string[],
    { stamp, keep }: Stamped,
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  ): Promise<ReadonlyMap<string, Answer>> {
    const kept = this.#stamps.peek(stamp, stamp) ?? new Map<string, Answer | null>();
    const known = names.map((name) => [name, kept.get(name)] as const);
    const missing = known.filter(([, answer]) => answer === undefined).map(([name]) => name);
    const fresh = missing.length === 0 ? new Map<string, Answer>() : await read(missing);
    const found = new Map<string, Answer>();
    for (const [name, before] of known) {
      const answer = before ?? fresh.get(name);
      if (answer !== undefined) found.set(name, answer);
    }
    if (keep) {
      if (kept.size + missing.length > this.#room) kept.clear();
      for (const name of missing) kept.set(name, fresh.get(name) ?? null);
      this.#stamps.keep(stamp, stamp, kept);
    }
    return found;
  }
}

/** What an answer was computed from, and whether it may be kept. */
interface Stamped {
  readonly stamp: string;
  readonly keep: boolean;
}
