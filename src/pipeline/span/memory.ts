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
