import type { WireEvent } from "./wire-event.js";

/** Ids of keys that were seen before, as far back as they are kept. */
export interface SeenIds {
  readonly has: (identity: string) => boolean;
  readonly set: (identity: string, seen: true) => unknown;
}

/**
 * The events in time order, each id of a key once: trails overlap, and the same file may be named twice. The order is
 * total, so that the same events make the same batches whatever order the files came in. New ids are added to `seen`.
 */
export function orderEvents(
  events: readonly WireEvent[],
  seen: SeenIds = new Map<string, true>(),
): {
  readonly events: readonly WireEvent[];
  readonly repeated: number;
} {
  const rows: { readonly at: number; readonly text: string; readonly event: WireEvent }[] = [];
  for (const event of events) {
    if (event.id !== undefined) {
      const identity = `${keyOf(event)} ${event.id}`;
      if (seen.has(identity)) continue;
      seen.set(identity, true);
    }
    rows.push({ at: Date.parse(event.ts), text: event.id ?? JSON.stringify(event), event });
  }
  rows.sort((a, b) => a.at - b.at || compare(a.text, b.text) || compare(keyOf(a.event), keyOf(b.event)));
  return { events: rows.map((row) => row.event), repeated: events.length - rows.length };
}

const keyOf = ({ key_id: keyId, key }: WireEvent): string => keyId ?? key ?? "";

/** By code units: localeCompare depends on the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
