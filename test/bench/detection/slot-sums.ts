/** What came from one address, or to one route, in one slot of a day. */
export interface SlotRow<T> {
  readonly of: T;
  readonly slot: number;
  readonly requests: number;
  readonly spendMicros: number;
  /** Epoch ms of the first of these minutes. */
  readonly since: number;
}

/** Adds up traffic by slot and origin; slots come in order. */
export class SlotSums<T> {
  readonly rows: { -readonly [F in keyof SlotRow<T>]: SlotRow<T>[F] }[] = [];
  /** Rows of the open slot. */
  readonly #open = new Map<T, number>();
  #slot = -1;

  add(slot: number, at: number, of: T, requests: number, spendMicros: number): void {
    if (slot !== this.#slot) {
      this.#open.clear();
      this.#slot = slot;
    }
    const index = this.#open.get(of);
    if (index === undefined) {
      this.#open.set(of, this.rows.length);
      this.rows.push({ of, slot, requests, spendMicros, since: at });
      return;
    }
    const row = this.rows[index]!;
    row.requests += requests;
    row.spendMicros += spendMicros;
  }
}
