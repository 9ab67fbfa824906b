/** All that the rivals look at: one key's slots of five minutes, from the fleet's first on. */
export interface KeySlots {
  readonly requests: Float64Array;
  readonly limitPerMinute: number | null;
  /** First slot of the key's life; equal to the number of slots when it has none. */
  readonly bornSlot: number;
  /** Requests per slot from autonomous systems that were new to the key (SystemsLog). */
  readonly fromNewSystems: Float64Array;
}

/** A detector of others, as a pure function of a key's slots: a score at the end of each, from which on it would alarm. */
export interface Rival {
  readonly name: string;
  /** The score at which its authors' settings alarm. */
  readonly shippedAt: number;
  readonly judge: (key: KeySlots) => Float64Array;
}
