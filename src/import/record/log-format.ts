import type { EventNote, MisspeltNote, RecordNote } from "../../model/event/event-notes.js";
import type { RejectReason, SameRequest, WireEvent } from "../wire-event.js";
import type { KeyFrom } from "./key-from.js";
import type { LogSample } from "./log-sample.js";
import type { TrustedProxies } from "./trusted-proxies.js";

/** What one record of a log became, without its place. */
export type ParsedRecord =
  | { readonly event: WireEvent; readonly same?: SameRequest }
  | { readonly rejected: RejectReason };

/** What was made of records that were taken all the same: it is in the report, so that nobody has to guess how a log was read. */
export type ReadNote =
  | Extract<EventNote, "address_list" | `ts_in_${string}`>
  | Exclude<RecordNote, "repeated_record">
  | MisspeltNote
  | "named_by_key_from"
  | "raw_key";

/** How a log is to be read, whatever its format. */
export interface ParseOptions {
  readonly keyFrom: KeyFrom | null;
  readonly trustedProxies: TrustedProxies | null;
  readonly note: (note: ReadNote) => void;
}

/**
 * One format of logs. `parse` throws nothing whatever it is given, takes time in proportion to the length of the text, and repeats none of it in a
 * reason.
 */
export interface LogFormat {
  readonly name: string;
  /** Names that are used for the same format. */
  readonly aliases?: readonly string[];
  /** What a file of it is made of; of `both` each file is the one or the other. */
  readonly records: "lines" | "json" | "both" | "csv";
  /** By what a sample is recognised as this format, as words for the report; null when it is not. */
  readonly looksLike: (sample: LogSample) => string | null;
  /** A line of text, or an object of JSON or CSV. */
  readonly parse: (record: unknown, options: ParseOptions) => ParsedRecord;
  /** The records in a value of JSON that holds several. */
  readonly unwrap?: (value: unknown) => Iterable<unknown>;
}
