import { HOUR_MS, MINUTE_MS } from "./day.js";

/** Ticks (epoch ms, whole minutes) that share the clock hour (hour, hour + 1 h]: what one check query takes. */
export interface TickSpan {
  readonly hour: number;
  readonly ticks: readonly number[];
}

/** The last tick that is settled at `now`: its minute ended at least `settleSeconds` ago. */
export function lastSettledTick(now: number, settleSeconds: number): number {
  return Math.floor((now - settleSeconds * 1000) / MINUTE_MS) * MINUTE_MS;
}

/** Every tick after `after` up to `until`, both epoch ms. */
export function ticksBetween(after: number, until: number): number[] {
  const first = Math.floor(after / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  return Array.from(
    { length: Math.max(0, Math.floor((until - first) / MINUTE_MS) + 1) },
    (_, i) => first + i * MINUTE_MS,
  );
}

/** Groups ascending ticks by the clock hour that they lie in. */
export function spansByHour(ticks: readonly number[]): TickSpan[] {
  const spans = new Map<number, number[]>();
  for (const tick of ticks) {
    const hour = Math.ceil(tick / HOUR_MS) * HOUR_MS - HOUR_MS;
    spans.set(hour, [...(spans.get(hour) ?? []), tick]);
  }
  return [...spans].map(([hour, inHour]) => ({ hour, ticks: inHour }));
}
