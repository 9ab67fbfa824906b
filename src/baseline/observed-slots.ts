import { SLOT_MS, SLOTS_PER_DAY } from "../model/finding/window.js";

const MINUTE_MS = 60_000;
/** Less silence than this is a quiet hour of a small fleet; more is an outage of whoever reports to us. */
const GAP_MINUTES = 60;

/**
 * Share of each five-minute slot of two days that is known: 1 but where nobody was heard for an hour or longer, since no rows
 * mean no requests only while somebody is heard. Null when all of it is known.
 * @param heard starts of the minutes in which a source was heard, epoch ms, ascending
 * @param start epoch ms at which the two days begin
 * @param end epoch ms up to which minutes are on file; what comes later is taken for known
 */
export function observedShares(observed: readonly number[], start: number, end: number): Float64Array | null {
  const shares = new Float64Array(2 * SLOTS_PER_DAY).fill(1);
  let complete = true;
  let next = start;
  for (const minute of [...observed.filter((at) => at >= start && at < end), end]) {
    if (minute - next >= GAP_MINUTES * MINUTE_MS) {
      complete = false;
      silence(shares, (next - start) / SLOT_MS, (minute - start) / SLOT_MS);
    }
    next = minute + MINUTE_MS;
  }
  return complete ? null : shares;
}

/**
 * The same for the slots from a day on of which only the minutes since `from` are asked for: those before are taken for known.
 */
export function laterShares(observed: readonly number[], day: number, from: number, end: number): Float64Array | null {
  const start = Math.max(from, day);
  const earlier = Array.from({ length: (start - day) / MINUTE_MS }, (_, i) => day + i * MINUTE_MS);
  return observedShares([...earlier, ...observed.filter((minute) => minute >= start)], day, end);
}

/** Whether all of a slot is known. */
export function isKnownSlot(shares: Float64Array | null, slot: number): boolean {
  return shares === null || shares[slot]! > 1 - 1e-9;
}

function silence(shares: Float64Array, from: number, to: number): void {
  for (let slot = Math.floor(from); slot < to && slot < shares.length; slot += 1) {
    shares[slot]! -= Math.min(slot + 1, to) - Math.max(slot, from);
  }
}
