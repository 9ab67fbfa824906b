/** Answers of ClickHouse kept in memory, each under a stamp of what it was computed from: under another stamp it is asked for again. */
export class CheckMemory {
  readonly #kinds = new Map<string, Map<string, Kept>>();

  /**
   * The answer kept under a name and stamp, or that of `read`. With `keep` false, because rows that it was computed from may still be on
   * their way into some of the roll-ups, it is not kept.
   * @param room how many answers of this kind are kept, those asked for last
   */
  async recall<Answer>(
    { kind, name, stamp, keep, room }: Recall,
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const kept = this.peek<Promise<Answer>>(kind, name, stamp);
    if (kept !== undefined) return kept;
    const answer = read();
    if (keep) {
      this.keep({ kind, name, stamp, room }, answer);
      answer.catch(() => this.#drop(kind, name, answer));
    }
    return answer;
  }

  /**
   * Answers for names, of which there are many under one stamp: those that are not kept are read together. A name without an answer
   * has none in the map.
   */
  async recallEach<Answer>(
    { kind, stamp, keep, room }: Omit<Recall, "name">,
    names: readonly string[],
    read: (missing: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
  ): Promise<ReadonlyMap<string, Answer>> {
    if (names.length === 0) return new Map();
    const kept = this.peek<Map<string, Answer | null>>(kind, stamp, stamp) ?? new Map<string, Answer | null>();
    const missing = names.filter((name) => !kept.has(name));
    const fresh = missing.length === 0 ? new Map<string, Answer>() : await read(missing);
    const found = new Map<string, Answer>();
    for (const name of names) {
      const answer = fresh.get(name) ?? kept.get(name);
      if (answer !== undefined && answer !== null) found.set(name, answer);
    }
    if (keep) {
      if (kept.size + missing.length > room) kept.clear();
      for (const name of missing) kept.set(name, fresh.get(name) ?? null);
      this.keep({ kind, name: stamp, stamp, room: STAMPS_KEPT }, kept);
    }
    return found;
  }

  /** What is kept under a name and stamp. */
  peek<Answer>(kind: string, name: string, stamp: string): Answer | undefined {
    const kept = this.#kinds.get(kind)?.get(name);
    return kept?.stamp === stamp ? (kept.answer as Answer) : undefined;
  }

  /** Keeps an answer, and drops the one of its kind that was kept first when there is no room. */
  keep({ kind, name, stamp, room }: Omit<Recall, "keep">, answer: unknown): void {
    const kept = this.#kinds.get(kind) ?? new Map<string, Kept>();
    this.#kinds.set(kind, kept);
    kept.delete(name);
    kept.set(name, { stamp, answer });
    for (const oldest of kept.keys()) {
      if (kept.size <= room) break;
      kept.delete(oldest);
    }
  }

  #drop(kind: string, name: string, answer: unknown): void {
    if (this.#kinds.get(kind)?.get(name)?.answer === answer) this.#kinds.get(kind)?.delete(name);
  }
}

const STAMPS_KEPT = 2;

interface Kept {
  readonly stamp: string;
  readonly answer: unknown;
}

interface Recall {
  readonly kind: string;
  readonly name: string;
  readonly stamp: string;
  readonly keep: boolean;
  readonly room: number;
}
