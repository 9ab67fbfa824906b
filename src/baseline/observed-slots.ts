import { SLOT_MS, SLOTS_PER_DAY } from "../model/finding/window.js";

const MINUTE_MS = 60_000;
/** So long a silence is an outage of whoever reports to us; less may be a quiet hour of a small fleet. */
const GAP_MINUTES = 60;
/** So long a one is one, too, where hardly any other minute is silent. */
const SHORT_GAP_MINUTES = 10;
const HARDLY_SILENT = 0.95;

/**
 * Share of each five-minute slot of two days that is known: 1 but in an outage, when nobody was heard for an hour or longer, or for ten minutes in a fleet that is heard
 * in nineteen of twenty others. No rows mean no requests only while somebody is heard. Null when all of it is known.
 * @param observed starts of the minutes in which a source was heard, epoch ms, ascending
 * @param start epoch ms at which the two days begin
 * @param end epoch ms up to which minutes are on file; what comes later is taken for known
 */
export function observedShares(observed: readonly number[], start: number, end: number): Float64Array | null {
  const outages = outagesOf(
    observed.filter((at) => at >= start && at < end),
    start,
    end,
  );
  if (outages.length === 0) return null;
  const shares = new Float64Array(2 * SLOTS_PER_DAY).fill(1);
  for (const { from, to } of outages) silence(shares, (from - start) / SLOT_MS, (to - start) / SLOT_MS);
  return shares;
}

/** A span in which nobody was heard, epoch ms, half-open. */
interface Gap {
  readonly from: number;
  readonly to: number;
}

function outagesOf(heard: readonly number[], start: number, end: number): Gap[] {
  const gaps: Gap[] = [];
  let from = start;
  for (const to of [...heard, end]) {
    if (to - from >= SHORT_GAP_MINUTES * MINUTE_MS) gaps.push({ from, to });
    from = to + MINUTE_MS;
  }
  const minutesOf = (gap: Gap) => (gap.to - gap.from) / MINUTE_MS;
  const isLong = (gap: Gap) => minutesOf(gap) >= GAP_MINUTES;
  const others = (end - start) / MINUTE_MS - gaps.filter(isLong).reduce((sum, gap) => sum + minutesOf(gap), 0);
  return gaps.filter((gap) => isLong(gap) || heard.length >= HARDLY_SILENT * (others - minutesOf(gap)));
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
