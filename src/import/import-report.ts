import { countedText } from "../text/amounts.js";
import { readSourceAddress } from "../model/event/read-source-address.js";
import { MOST_ROUTES_OF_KEY } from "./record/cap-routes.js";
import type { Guess } from "./record/guess-format.js";
import type { ReadNote } from "./record/log-format.js";
import type { SendTotals } from "./send-events.js";
import type { Provenance, RejectReason, WireEvent } from "./wire-event.js";

/** What reading the logs came to; `examples` holds the first place of every reason. */
export interface ReadTotals {
  files: number;
  read: number;
  readonly rejected: Map<RejectReason, number>;
  /** Files in folders that are no logs by their names. */
  passedOver: readonly string[];
  readonly examples: Map<RejectReason, Provenance>;
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
    examples: new Map(),
    guesses: new Map(),
    notes: new Map(),
    keyFrom: null,
    cappedRoutes: 0,
  };
}

/** What reading came to, as `--json` prints it: counts are records or events. */
export interface ReadingReport {
  readonly files: number;
  readonly read: number;
  readonly events: number;
  readonly not_imported: Readonly<Record<string, number>>;
  readonly first_at: Record<string, string>;
  /** Names of files in folders that were not read, the first 20. */
  readonly passed_over: readonly string[];
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
}

const MOST_NAMES = 20;
/** What the reasons do not say by themselves. */
const HINTS: Partial<Record<RejectReason, string>> = {
  digest_file: "signatures of logs, not logs",
  insight_event: "AWS's own alarms, not requests",
  control_message: "of CloudWatch Logs, not a log",
  s3_notification: "points to a log elsewhere: import that one",
  zip_archive: "unpack it first",
  bzip2_file: "unpack it first: bunzip2",
  zstd_file: "unpack it first: unzstd",
  xz_file: "unpack it first: unxz",
  parquet_file: "export it as JSON or CSV first",
  no_key: "neither id nor raw key: --key-from user, ip or header:<name> names one",
  key_redacted: "the log hides the key: --key-from names it by something else",
  bad_key_id: "longer than 256 characters, or with control characters",
  bad_key: "a raw key has 8 to 512 characters",
  bad_status: "no HTTP status",
  not_a_request: "no use of a key",
  line_too_long: "more than 64 KiB",
  unknown_format: "name the format, or use json or csv with --map",
};

/** What was made of records, in words. */
const NOTES: Readonly<Record<ReadNote, string>> = {
  ts_in_seconds: "times read as epoch seconds",
  ts_in_microseconds: "times read as epoch microseconds",
  ts_in_nanoseconds: "times read as epoch nanoseconds",
  time_without_zone_as_utc: "times without a zone read as UTC",
  address_list: "lists of addresses, of which none is taken without --trusted-proxies",
  forwarded_for_ignored: "X-Forwarded-For ignored: --trusted-proxies says whose is believed",
  key_is_service_name: "keys named by service.name, as no attribute names one: --key-from header:<attribute>",
  no_status_as_499: "without an answer, taken as 499, which is not served",
  raw_key: "with a raw key: Plimsoll keeps its fingerprint; --out writes it as it is",
};

/** What reading came to, with the number of events. */
export function readingOf(read: ReadTotals, events: number): ReadingReport {
  const places = [...read.examples].map(([reason, at]) => [reason, `${at.file} record ${at.record}`]);
  return {
    files: read.files,
    read: read.read,
    events,
    not_imported: Object.fromEntries(read.rejected),
    first_at: Object.fromEntries(places) as Record<string, string>,
    passed_over: read.passedOver.slice(0, MOST_NAMES),
    guessed: Object.fromEntries(read.guesses),
    read_as: Object.fromEntries(read.notes),
    key_from: read.keyFrom,
    capped_routes: read.cappedRoutes,
  };
}

/** A reason with what it does not say by itself. */
export function reasonText(reason: RejectReason): string {
  const hint = HINTS[reason];
  return hint === undefined ? reason : `${reason}: ${hint}`;
}

/** Puts the totals of reading and of sending (null when the events were written to a file) together. */
export function buildReport(
  read: ReadTotals,
  events: readonly WireEvent[],
  offsetMs: number,
  sent: SendTotals | null,
): ImportReport {
  return {
    ...readingOf(read, events.length),
    without_address: events.filter((event) => readSourceAddress(event.source_ip).address === null).length,
    from: events[0]?.ts ?? null,
    to: events.at(-1)?.ts ?? null,
    offset_ms: offsetMs,
    written: sent === null ? events.length : null,
    sent: sent?.sent ?? null,
    accepted: sent?.accepted ?? null,
    rejected: sent?.rejected ?? null,
    rejected_for: Object.fromEntries(sent?.reasons ?? []),
    warnings: Object.fromEntries(sent?.warnings ?? []),
    batches: sent?.batches ?? 0,
    repeated_batches: sent?.repeatedBatches ?? 0,
  };
}

/** What reading came to, in lines for people: what files were taken for, what was no event and why, how the rest was read. */
export function linesOfReading(report: ReadingReport): string[] {
  const lines = [
    `read      ${countedText(report.read, "record")} in ${countedText(report.files, "file")}, ${countedText(report.events, "event")}`,
  ];
  for (const [file, { format, why }] of Object.entries(report.guessed).slice(0, MOST_NAMES)) {
    lines.push(`  ${file}: ${format} (${why})`);
  }
  for (const [reason, count] of Object.entries(report.not_imported)) {
    const hint = HINTS[reason as RejectReason];
    const place = report.first_at[reason] === undefined ? "" : ` (first: ${report.first_at[reason]})`;
    lines.push(`  not imported: ${count} ${reason}${hint === undefined ? "" : `, ${hint}`}${place}`);
  }
  if (report.passed_over.length > 0) lines.push(`  not logs, by their names: ${report.passed_over.join(", ")}`);
  for (const [note, count] of Object.entries(report.read_as)) lines.push(`  ${count} ${NOTES[note as ReadNote]}`);
  if (report.capped_routes > 0)
    lines.push(
      `  ${report.capped_routes} on routes beyond the first ${MOST_ROUTES_OF_KEY} of their key, counted as {other}`,
    );
  if (report.key_from !== null) lines.push(`  keys by ${report.key_from}`);
  return lines;
}

/** The report for people, without a final line break. */
export function printReport(report: ImportReport): string {
  const lines = linesOfReading(report);
  lines.push(`  source is not an address: ${report.without_address}`);
  if (report.from !== null) lines.push(`span      ${report.from} to ${report.to}${shiftOf(report.offset_ms)}`);
  if (report.written !== null) lines.push(`written   ${report.written}`);
  if (report.sent === null) return lines.join("\n");
  lines.push(`sent      ${report.sent} in ${report.batches} batches, ${report.repeated_batches} of them already known`);
  lines.push(`accepted  ${report.accepted}`, `rejected  ${report.rejected}`);
  for (const [reason, count] of Object.entries(report.rejected_for)) lines.push(`  at least ${count}: ${reason}`);
  for (const [warning, count] of Object.entries(report.warnings)) lines.push(`  warned of ${count}: ${warning}`);
  return lines.join("\n");
}

function shiftOf(offsetMs: number): string {
  return offsetMs === 0 ? "" : `, shifted by ${offsetMs / 1000} s`;
}
