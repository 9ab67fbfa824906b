import { decodeText } from "./read-text.js";
import { reasonText } from "./print-report.js";
import { joinRequests, type FoundEvent } from "./join-requests.js";
import { orderEvents } from "./order-events.js";
import type { ReadNote } from "./record/log-format.js";
import type { TextReader } from "./read-as.js";
import type { Provenance, RejectReason } from "./wire-event.js";

/** A body in the format of a log, as events. */
export interface BodyOfLog {
  /** Events as NDJSON. */
  readonly lines: Buffer;
  /** Which record of the body each line was, from 1. */
  readonly records: readonly number[];
  /** What was no event, the first of them with its place. */
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
  readonly rejectedFor: ReadonlyMap<RejectReason, number>;
  readonly notes: ReadonlyMap<ReadNote, number>;
  /** Records of a request that another record stands for. */
  readonly repeated: number;
  /** Records in all; more than asked for end the reading. */
  readonly read: number;
}

export interface BodyReading {
  /** Opened with what hears how records were read. */
  readonly open: (note: (note: ReadNote) => void) => TextReader;
  readonly mostRecords: number;
  readonly mostFaults: number;
  /** Called after each record: who else is waiting has their turn. */
  readonly pause: () => Promise<void> | undefined;
}

/** The events of a body, each request once; throws nothing, whatever is in it. */
export async function readBodyOfLog(
  body: Buffer,
  { open, mostRecords, mostFaults, pause }: BodyReading,
): Promise<BodyOfLog> {
  const notes = new Map<ReadNote, number>();
  const rejectedFor = new Map<RejectReason, number>();
  const faults: { line: number; reason: string }[] = [];
  const found: (FoundEvent & { readonly from: Provenance })[] = [];
  let read = 0;
  const bytes = async function* (): AsyncGenerator<Buffer> {
    yield body;
  };
  const reader = open((note) => notes.set(note, (notes.get(note) ?? 0) + 1));
  for await (const record of reader("body", decodeText(bytes()))) {
    read += 1;
    if (read > mostRecords) break;
    if ("event" in record) found.push(record);
    else {
      rejectedFor.set(record.rejected, (rejectedFor.get(record.rejected) ?? 0) + 1);
      if (faults.length < mostFaults) faults.push({ line: record.from.record, reason: reasonText(record.rejected) });
    }
    await pause();
  }
  const placeOf = new Map(found.map(({ event, from }) => [event, from.record]));
  const joined = joinRequests(found);
  const { events, repeated } = orderEvents(joined.events);
  return {
    lines: Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join("")),
    records: events.map((event) => placeOf.get(event)!),
    faults,
    rejectedFor,
    notes,
    repeated: joined.repeated + repeated,
    read,
  };
}
