import type { Redis } from "ioredis";
import { valuesOf } from "../redis/values-of.js";

/** Bytes that one unit stands for: what a reservation takes in Redis where there are many. */
const UNIT_BYTES = 64;
/** Errors are kept under a key of their own, which takes so much more than their text. */
const KEY_BYTES = 150;

/** Where a sender vouches that a repeat is a repeat, 24 h; where two equal bodies might be two equal sets of requests, as long as clients retry. */
export const KEPT_MS = { vouched: 24 * 3_600_000, equalBody: 10 * 60_000 } as const;
/** Slots in which a count may still be of something that is kept: see repeats.lua. */
const SLOTS = 7;

/** Units of reservations by source and time that they are kept. */
export function unitsOf(
  reservations: readonly { readonly source: string; readonly ttlMs: number; readonly errors: string }[],
): { readonly source: string; readonly ttlMs: number; readonly units: number }[] {
  const sums = new Map<string, { source: string; ttlMs: number; units: number }>();
  for (const { source, ttlMs, errors } of reservations) {
    const name = `${ttlMs}:${source}`;
    const sum = sums.get(name) ?? { source, ttlMs, units: 0 };
    sum.units += 1 + (errors === "" ? 0 : Math.ceil((errors.length + KEY_BYTES) / UNIT_BYTES));
    sums.set(name, sum);
  }
  return [...sums.values()];
}

/** Bytes that each source's reservations take. Throws what Redis throws. */
export async function readKeptRepeats(redis: Redis, repeats: string): Promise<ReadonlyMap<string, number>> {
  const [seconds, micros] = await redis.time();
  const now = Number(seconds) * 1000 + Number(micros) / 1000;
  const asked = redis.multi();
  for (const ttlMs of Object.values(KEPT_MS)) {
    const newest = Math.floor(now / (ttlMs / 6));
    for (let slot = newest; slot > newest - SLOTS; slot -= 1) asked.hgetall(`${repeats}:count:${ttlMs}:${slot}`);
  }
  const kept = new Map<string, number>();
  for (const counts of valuesOf(await asked.exec())) {
    for (const [source, units] of Object.entries(counts as Record<string, string>)) {
      kept.set(source, (kept.get(source) ?? 0) + Number(units) * UNIT_BYTES);
    }
  }
  return kept;
}
