import type { CountedBlock } from "../store/intake.js";
import type { SourcedEvents } from "../store/native-block.js";
import type { RequestBlock } from "../store/request-block.js";

const HOUR_MS = 3_600_000;

/** A block with what it adds to the counts of acceptance of this hour; one that holds a part of a single submission counts its own rows. */
export function countBlock(
  block: RequestBlock,
  from: readonly SourcedEvents[],
  { now, process }: { readonly now: () => number; readonly process: string },
): CountedBlock {
  const hour = Math.floor(now() / HOUR_MS) * HOUR_MS;
  const events = new Map<string, number>();
  for (const one of from) {
    const rows = from.length === 1 ? block.rows : one.events.length;
    events.set(one.source, (events.get(one.source) ?? 0) + rows);
  }
  return { ...block, counts: [...events].map(([source, rows]) => ({ hour, source, process, events: rows })) };
}
