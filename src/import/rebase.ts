import type { WireEvent } from "./wire-event.js";

/** RFC 3339 with a zone: a time without one would mean something else on every machine. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The instant that `--rebase` names, in epoch milliseconds: `now` or RFC 3339; null when the text is neither. */
export function parseRebase(text: string, now: number): number | null {
  if (text === "now") return now;
  const at = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** The events, all shifted by the same offset (in milliseconds) so that the last of them is at `endAt`; order is kept. */
export function rebase(
  events: readonly WireEvent[],
  endAt: number,
): { readonly events: readonly WireEvent[]; readonly offsetMs: number } {
  const lastAt = events.reduce((last, event) => Math.max(last, Date.parse(event.ts)), Number.NEGATIVE_INFINITY);
  if (events.length === 0) return { events, offsetMs: 0 };
  const offsetMs = endAt - lastAt;
  const shifted = events.map((event) => ({ ...event, ts: new Date(Date.parse(event.ts) + offsetMs).toISOString() }));
  return { events: shifted, offsetMs };
}
