import type { Part, TrafficOfKeys } from "./read-traffic.js";

/** So much traffic stays in memory from one reading to the other, that of some 80,000 keys that are used all day: what is more is read twice. */
const MOST_BYTES = 400_000_000;
/** About what a key costs beside its numbers. */
const BYTES_OF_KEY = 700;
const BYTES_OF_NUMBER = 8;

/** The traffic of parts of the keys, for as long as it is needed. */
export class KeptTraffic {
  readonly #of = new Map<Part, TrafficOfKeys>();
  #bytes = 0;

  /** Keeps that of a part while there is room. */
  keep(part: Part, traffic: TrafficOfKeys): void {
    this.#bytes += bytesOf(traffic);
    if (this.#bytes <= MOST_BYTES) this.#of.set(part, traffic);
  }

  /** Gives back what was kept of a part, and keeps it no longer; null where there was no room. */
  take(part: Part): TrafficOfKeys | null {
    const traffic = this.#of.get(part) ?? null;
    this.#of.delete(part);
    return traffic;
  }
}

function bytesOf({ usage, novel, refused, births }: TrafficOfKeys): number {
  let bytes = births.length * BYTES_OF_KEY;
  for (const { at, requests, spendMicros } of usage) bytes += sizeOf(at) + sizeOf(requests) + sizeOf(spendMicros);
  for (const { at } of novel) bytes += BYTES_OF_KEY + 3 * BYTES_OF_NUMBER * at.length;
  for (const { at } of refused) bytes += BYTES_OF_KEY + 2 * BYTES_OF_NUMBER * at.length;
  return bytes;
}

const sizeOf = (column: ArrayLike<number>) =>
  ArrayBuffer.isView(column) ? column.byteLength : BYTES_OF_NUMBER * column.length;
