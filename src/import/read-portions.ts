import { LRUCache } from "lru-cache";
import type { ReadTotals } from "./import-report.js";
import { joinRequests, type FoundEvent } from "./join-requests.js";
import { orderEvents } from "./order-events.js";
import type { ImportedRecord, WireEvent } from "./wire-event.js";

/** What reads the events of one file; `onRead` hears of bytes as they lie in it. */
export type Reader = (file: string, onRead: (bytes: number) => void) => AsyncGenerator<ImportedRecord>;

export interface PortionOptions {
  readonly reader: Reader;
  /** Keys are named by the lasting identity behind them. */
  readonly byPrincipal: boolean;
  /** Events of a portion. */
  readonly most: number;
  readonly onRead: (bytes: number) => void;
}

/** Ids that repeats in later portions are told by: some dozens of megabytes. */
const IDS_KEPT = 500_000;

/**
 * The events of all files, portion by portion, each in the order of time and each request of it once; what was no event is counted in `totals`. Over
 * portions a repeat is told by its id, as long as that is among the newest.
 */
export async function* readPortions(
  files: readonly string[],
  { reader, byPrincipal, most, onRead }: PortionOptions,
  totals: ReadTotals,
): AsyncGenerator<readonly WireEvent[]> {
  const before = new LRUCache<string, true>({ max: IDS_KEPT });
  let found: FoundEvent[] = [];
  const close = (): readonly WireEvent[] => {
    const joined = joinRequests(found);
    const { events, repeated } = orderEvents(joined.events, before);
    found = [];
    if (repeated + joined.repeated > 0) count(totals, "repeated_event", repeated + joined.repeated);
    return events;
  };
  for (const file of files) {
    for await (const record of reader(file, onRead)) {
      totals.read += 1;
      if ("rejected" in record) {
        count(totals, record.rejected, 1);
        if (!totals.examples.has(record.rejected)) totals.examples.set(record.rejected, record.from);
        continue;
      }
      found.push(byPrincipal ? { ...record, event: namedByPrincipal(record.event) } : record);
      if (found.length >= most) yield close();
    }
  }
  if (found.length > 0) yield close();
}

function count(totals: ReadTotals, reason: Parameters<ReadTotals["rejected"]["set"]>[0], more: number): void {
  totals.rejected.set(reason, (totals.rejected.get(reason) ?? 0) + more);
}

function namedByPrincipal(event: WireEvent): WireEvent {
  const { principal, key: _, ...rest } = event;
  return principal === undefined ? event : { ...rest, key_id: principal, principal };
}
