import type { Redis } from "ioredis";

/** What a batch was answered with, kept so that a repeat of it is answered alike. */
export interface BatchReservation {
  /** Job id and deduplication token: whoever adds the job again adds the same one. */
  readonly batch: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly { readonly line: number; readonly reason: string }[];
  /** `adding` until the job is known to be in the queue. */
  readonly state: "adding" | "queued";
}

export interface BatchReservations {
  /** Puts `fresh` under the key for so many milliseconds unless one is there, and returns the one that holds. */
  reserve(key: string, fresh: BatchReservation, ttlMs: number): Promise<BatchReservation>;
  /** Replaces a reservation by its `queued` state without prolonging it. */
  markQueued(key: string, held: BatchReservation): Promise<void>;
}

/**
 * Reservations in Redis under `<prefix>:batch:<key>`. Every function throws what Redis or the connection throws;
 * the client should have `commandTimeout` and `enableOfflineQueue: false`.
 */
export function openBatchReservations(redis: Redis, prefix: string): BatchReservations {
  const nameOf = (key: string) => `${prefix}:batch:${key}`;
  return {
    async reserve(key, fresh, ttlMs) {
      // A reservation may run out between the two commands: then the name is free again.
      for (;;) {
        const taken = await redis.set(nameOf(key), JSON.stringify(fresh), "PX", ttlMs, "NX");
        if (taken === "OK") return fresh;
        const held = await redis.get(nameOf(key));
        if (held !== null) return JSON.parse(held) as BatchReservation;
      }
    },
    async markQueued(key, held) {
      await redis.set(nameOf(key), JSON.stringify({ ...held, state: "queued" }), "KEEPTTL", "XX");
    },
  };
}
