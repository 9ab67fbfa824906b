import type { WireEvent } from "./wire-event.js";

/**
 * The events in time order, each id of a key once: trails overlap, and the same file may be named twice. The order is
 * total, so that the same events make the same batches whatever order the files came in.
 */
export function orderEvents(events: readonly WireEvent[]): {
  readonly events: readonly WireEvent[];
  readonly repeated: number;
} {
  const seen = new Set<string>();
  const rows: { readonly at: number; readonly text: string; readonly event: WireEvent }[] = [];
  for (const event of events) {
    const identity = `${keyOf(event)} ${event.id ?? ""}`;
    if (event.id !== undefined && seen.has(identity)) continue;
    seen.add(identity);
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
