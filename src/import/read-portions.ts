import { LRUCache } from "lru-cache";
import { noteRejected, type ReadTotals } from "./import-report.js";
import { joinRequests, type FoundEvent } from "./join-requests.js";
import { orderEvents } from "./order-events.js";
import type { ImportedRecord, WireEvent } from "./wire-event.js";

/** What reads the events of one file; `onRead` hears of bytes as they lie in it. */
export type Reader = (file: string, onRead: (bytes: number) => void) => AsyncGenerator<ImportedRecord>;

export interface PortionOptions {
  readonly reader: Reader;
  /** Keys that last count for the identity behind them too, as short-lived ones do. */
  readonly byPrincipal: boolean;
  /** Events of a portion. */
  readonly most: number;
  readonly onRead: (bytes: number) => void;
  /** Hears of files without any record. */
  readonly onEmpty?: (file: string) => void;
}

/** Ids that repeats in later portions are told by: some dozens of megabytes. */
const IDS_KEPT = 500_000;

/**
 * The events of all files, portion by portion, each in the order of time and each request of it once; what was no event is counted in `totals`. Over
 * portions a repeat is told by its id, as long as that is among the newest.
 */
export async function* readPortions(
  files: readonly string[],
  { reader, byPrincipal, most, onRead, onEmpty }: PortionOptions,
  totals: ReadTotals,
): AsyncGenerator<readonly WireEvent[]> {
  const before = new LRUCache<string, true>({ max: IDS_KEPT });
  let found: FoundEvent[] = [];
  const close = (): readonly WireEvent[] => {
    const joined = joinRequests(found);
    const { events, repeated } = orderEvents(joined.events, before);
    found = [];
    const more = repeated + joined.repeated;
    if (more > 0) totals.rejected.set("repeated_event", (totals.rejected.get("repeated_event") ?? 0) + more);
    return events;
  };
  for (const file of files) {
    const readBefore = totals.read;
    for await (const record of reader(file, onRead)) {
      totals.read += 1;
      if ("rejected" in record) {
        noteRejected(totals, record.rejected, record.from);
        continue;
      }
      found.push(byPrincipal ? withPrincipal(record) : record);
      if (found.length >= most) yield close();
    }
    if (totals.read === readBefore) onEmpty?.(file);
  }
  if (found.length > 0) yield close();
}

function withPrincipal(record: Extract<ImportedRecord, { readonly event: WireEvent }>): FoundEvent {
  const { event, holder } = record;
  return holder === undefined ? record : { ...record, event: { ...event, principal: holder } };
}
