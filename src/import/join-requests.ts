import type { SameRequest, WireEvent } from "./wire-event.js";

/** An event and by what other records of its request are known. */
export interface FoundEvent {
  readonly event: WireEvent;
  readonly same?: SameRequest;
}

/** Each request once, in whatever order its records came: a correction in the place of what it corrects, an echo only where there is nothing else. */
export function joinRequests(found: readonly FoundEvent[]): {
  readonly events: readonly WireEvent[];
  readonly repeated: number;
} {
  const corrected = new Map(
    found.flatMap(({ event, same }) => (same?.replaces ? [[same.replaces, event] as const] : [])),
  );
  const current = found.filter(({ event }) => (corrected.get(event.id ?? "") ?? event) === event);
  const known = new Set(current.flatMap(({ event, same }) => (same?.isEcho === false ? namesOf(event, same) : [])));
  const events = current.filter(({ same }) => same?.isEcho !== true).map(({ event }) => event);
  const echoes = current.flatMap(({ event, same }) => (same?.isEcho === true ? [{ event, same }] : []));
  for (const { event, same } of echoes.toSorted((a, b) => ((a.event.id ?? "") < (b.event.id ?? "") ? -1 : 1))) {
    const names = namesOf(event, same);
    if (names.some((name) => known.has(name))) continue;
    for (const name of names) known.add(name);
    events.push(event);
  }
  return { events, repeated: found.length - events.length };
}

function namesOf(event: WireEvent, { ids }: SameRequest): string[] {
  return ids.map((id) => `${event.key_id} ${id}`);
}
