import { countedText } from "../text/amounts.js";
import type { ImportReport, ReadingReport } from "./import-report.js";
import { MOST_ROUTES_OF_KEY } from "./record/cap-routes.js";
import { warningsOf, type MisspeltNote } from "../model/event/event-notes.js";
import type { ReadNote } from "./record/log-format.js";
import type { RejectReason } from "./wire-event.js";

/** Files that are named. */
const MOST_NAMES = 20;
/** Beside the first, on a line for people. */
const MOST_OTHERS = 4;
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
  unreadable_file: "the system failed to read it, or it is packed more than three times",
  cut_json: "the document ends early; the whole records before that were read",
  open_quote: "a quotation mark in this row is never closed: it was left out, and the rows behind it were read",
  too_many_cells: "more cells than the header has: a comma in a cell without quotation marks",
  cut_gzip: "the file ends early; what could be unpacked was read",
  damaged_gzip: "damaged, or followed by something else; what could be unpacked was read",
  no_key: "neither id nor raw key: --key-from user, ip or header:<name> names one",
  key_redacted: "the log hides the key: --key-from names it by something else",
  bad_key_id: "longer than 256 characters, or with control characters",
  bad_key: "a raw key has 8 to 512 characters",
  bad_status: "no HTTP status",
  not_a_request: "no use of a key",
  line_too_long: "more than 64 KiB",
  unknown_format: "name the format, or use json or csv with --map",
};

/** Instead of these where `--key-from` was given. */
const HINTS_WITH_KEY_FROM: Partial<Record<RejectReason, string>> = {
  no_key: "neither id nor raw key, nor what --key-from says: another of user, ip and header:<name> may be there",
  key_redacted:
    "the log hides the key, and what --key-from says is not there: another of user, ip and header:<name> may be",
};

/** What was made of records, in words. */
const NOTES: Readonly<Record<Exclude<ReadNote, MisspeltNote | "named_by_key_from">, string>> = {
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

/** Of fields that nobody reads as ingest would tell it. */
function textOf(note: ReadNote): string {
  return note in NOTES
    ? NOTES[note as keyof typeof NOTES]
    : warningsOf(new Map([[note as MisspeltNote, 1]]))[0]!.message;
}

/** A reason with what it does not say by itself. */
export function reasonText(reason: RejectReason): string {
  const hint = HINTS[reason];
  return hint === undefined ? reason : `${reason}: ${hint}`;
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
    const hint = hintOf(reason as RejectReason, report.key_from !== null);
    lines.push(`  not imported: ${count} ${reason}${hint === undefined ? "" : `, ${hint}`}${placeOf(report, reason)}`);
  }
  if (report.files === 0) lines.push("  no files found");
  if (report.empty_files.length > 0) lines.push(`  empty: ${report.empty_files.join(", ")}`);
  if (report.passed_over.length > 0) lines.push(`  not logs, by their names: ${report.passed_over.join(", ")}`);
  if (report.not_files.length > 0) {
    lines.push(`  skipped, no regular files (pipes, sockets, links to nothing): ${report.not_files.join(", ")}`);
  }
  for (const [note, count] of Object.entries(report.read_as)) {
    if (note !== "named_by_key_from") lines.push(`  ${count} ${textOf(note as ReadNote)}`);
  }
  if (report.capped_routes > 0)
    lines.push(
      `  ${report.capped_routes} on routes beyond the first ${MOST_ROUTES_OF_KEY} of their key, counted as {other}`,
    );
  if (report.key_from !== null) lines.push(keyFromLine(report.read_as["named_by_key_from"] ?? 0, report.key_from));
  return lines;
}

/** The report for people, without a final line break. */
export function printReport(report: ImportReport): string {
  const lines = linesOfReading(report);
  lines.push(`  source is not an address: ${report.without_address}`);
  if (report.from !== null) lines.push(`span      ${report.from} to ${report.to}${shiftOf(report.offset_ms)}`);
  if (report.written !== null) lines.push(`written   ${report.written}`);
  if (report.sent === null) return lines.join("\n");
  lines.push(`sent      ${report.sent} in ${countedText(report.batches, "batch", "batches")}`);
  lines.push(`accepted  ${report.accepted}${repeatText(report)}`, `rejected  ${report.rejected}`);
  for (const [reason, count] of Object.entries(report.rejected_for)) lines.push(`  at least ${count}: ${reason}`);
  for (const [warning, count] of Object.entries(report.warnings)) lines.push(`  warned of ${count}: ${warning}`);
  return lines.join("\n");
}

function hintOf(reason: RejectReason, hasKeyFrom: boolean): string | undefined {
  return (hasKeyFrom ? HINTS_WITH_KEY_FROM[reason] : undefined) ?? HINTS[reason];
}

/** Where something stood first, and in which other files. */
function placeOf({ first_at: firstAt, also_in: alsoIn }: ReadingReport, reason: string): string {
  if (firstAt[reason] === undefined) return "";
  const others = alsoIn[reason] ?? [];
  if (others.length === 0) return ` (first: ${firstAt[reason]})`;
  const more = others.length > MOST_OTHERS ? ", …" : "";
  return ` (first: ${firstAt[reason]}; also in ${others.slice(0, MOST_OTHERS).join(", ")}${more})`;
}

function keyFromLine(named: number, meaning: string): string {
  if (named === 0) return "  --key-from named no key: each record that was imported names its own";
  return `  ${countedText(named, "record")} keyed by ${meaning}`;
}

/** An import that is repeated is accepted again, and counts once. */
function repeatText({ accepted, already_counted: counted }: ImportReport): string {
  if (counted === 0) return "";
  return `, of which ${counted === accepted ? "all" : counted} were counted before and are not counted again`;
}

function shiftOf(offsetMs: number): string {
  return offsetMs === 0 ? "" : `, shifted by ${offsetMs / 1000} s`;
}
