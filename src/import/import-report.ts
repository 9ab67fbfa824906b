import { readSourceAddress } from "../model/event/read-source-address.js";
import type { Guess } from "./record/guess-format.js";
import type { ReadNote } from "./record/log-format.js";
import type { SendTotals } from "./send-events.js";
import type { Provenance, RejectReason, WireEvent } from "./wire-event.js";

/** What reading the logs came to; `examples` holds the first place of every reason in each file. */
export interface ReadTotals {
  files: number;
  read: number;
  readonly rejected: Map<RejectReason, number>;
  /** Files in folders that are no logs by their names. */
  passedOver: readonly string[];
  /** What in folders is no regular file. */
  notFiles: readonly string[];
  /** Files without any record, as `create` of logrotate leaves them. */
  readonly empty: string[];
  readonly examples: Map<RejectReason, Provenance[]>;
  /** What `auto` took each file for. */
  readonly guesses: Map<string, Guess>;
  readonly notes: Map<ReadNote, number>;
  /** What `--key-from` means, null without it. */
  keyFrom: string | null;
  /** Events whose route was one too many of its key. */
  cappedRoutes: number;
}

/** Nothing read so far. */
export function newTotals(): ReadTotals {
  return {
    files: 0,
    read: 0,
    rejected: new Map(),
    passedOver: [],
    notFiles: [],
    empty: [],
    examples: new Map(),
    guesses: new Map(),
    notes: new Map(),
    keyFrom: null,
    cappedRoutes: 0,
  };
}

/** Counts a piece that did not become an event, and keeps where, once a file. */
export function noteRejected(totals: ReadTotals, reason: RejectReason, from: Provenance): void {
  totals.rejected.set(reason, (totals.rejected.get(reason) ?? 0) + 1);
  const places = totals.examples.get(reason);
  if (places === undefined) totals.examples.set(reason, [from]);
  else if (places.at(-1)?.file !== from.file) places.push(from);
}

/** What reading came to, as `--json` prints it: counts are records or events. */
export interface ReadingReport {
  readonly files: number;
  readonly read: number;
  readonly events: number;
  readonly not_imported: Readonly<Record<string, number>>;
  readonly first_at: Record<string, string>;
  /** In which other files, the first 20 of each reason. */
  readonly also_in: Readonly<Record<string, readonly string[]>>;
  /** Names of files in folders that were not read, the first 20. */
  readonly passed_over: readonly string[];
  /** What in folders is no regular file, such as a pipe, the first 20. */
  readonly not_files: readonly string[];
  /** Files without any record, the first 20. */
  readonly empty_files: readonly string[];
  /** What `auto` took each file for, and why. */
  readonly guessed: Readonly<Record<string, Guess>>;
  /** What was made of records that were taken: how times were read, whose addresses were ignored, with the number of records. */
  readonly read_as: Readonly<Record<string, number>>;
  readonly key_from: string | null;
  readonly capped_routes: number;
}

/** One import as `--json` prints it. */
export interface ImportReport extends ReadingReport {
  /** Events whose source is no address that can be used: AWS services acting for a key, lists of proxies. */
  readonly without_address: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly offset_ms: number;
  readonly written: number | null;
  readonly sent: number | null;
  readonly accepted: number | null;
  readonly rejected: number | null;
  readonly rejected_for: Readonly<Record<string, number>>;
  /** What ingest warned of, with the number of events. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly batches: number;
  readonly repeated_batches: number;
  /** Of the accepted events, those that an earlier import had brought: they are not counted again. */
  readonly already_counted: number;
}

const MOST_NAMES = 20;
/** What reading came to, with the number of events. */
export function readingOf(read: ReadTotals, events: number): ReadingReport {
  const examples = [...read.examples];
  const places = examples.map(([reason, [at]]) => [reason, `${at?.file} record ${at?.record}`]);
  const others = examples.map(([reason, [, ...more]]) => [reason, more.slice(0, MOST_NAMES).map(({ file }) => file)]);
  return {
    files: read.files,
    read: read.read,
    events,
    not_imported: Object.fromEntries(read.rejected),
    first_at: Object.fromEntries(places) as Record<string, string>,
    also_in: Object.fromEntries(others) as Record<string, string[]>,
    passed_over: read.passedOver.slice(0, MOST_NAMES),
    not_files: read.notFiles.slice(0, MOST_NAMES),
    empty_files: read.empty.slice(0, MOST_NAMES),
    guessed: Object.fromEntries(read.guesses),
    read_as: Object.fromEntries(read.notes),
    key_from: read.keyFrom,
    capped_routes: read.cappedRoutes,
  };
}

/** What events come to. */
export interface EventSums {
  readonly events: number;
  readonly withoutAddress: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** The sums of events that are in the order of time, and of what came before them. */
export function sumEvents(events: readonly WireEvent[], before: EventSums = NO_EVENTS): EventSums {
  const times = [before.from, before.to, events[0]?.ts, events.at(-1)?.ts].filter((at) => typeof at === "string");
  const inOrder = times.toSorted((one, other) => Date.parse(one) - Date.parse(other));
  return {
    events: before.events + events.length,
    withoutAddress:
      before.withoutAddress + events.filter((event) => readSourceAddress(event.source_ip).address === null).length,
    from: inOrder[0] ?? null,
    to: inOrder.at(-1) ?? null,
  };
}

/** The sums of no event. */
export const NO_EVENTS: EventSums = { events: 0, withoutAddress: 0, from: null, to: null };

/** Puts the totals of reading and of sending (null when the events were written to a file) together. */
export function buildReport(
  read: ReadTotals,
  { events, withoutAddress, from, to }: EventSums,
  offsetMs: number,
  sent: SendTotals | null,
): ImportReport {
  return {
    ...readingOf(read, events),
    without_address: withoutAddress,
    from,
    to,
    offset_ms: offsetMs,
    written: sent === null ? events : null,
    sent: sent?.sent ?? null,
    accepted: sent?.accepted ?? null,
    rejected: sent?.rejected ?? null,
    rejected_for: Object.fromEntries(sent?.reasons ?? []),
    warnings: Object.fromEntries(sent?.warnings ?? []),
    batches: sent?.batches ?? 0,
    repeated_batches: sent?.repeatedBatches ?? 0,
    already_counted: sent?.repeatedEvents ?? 0,
  };
}
