import { countedText } from "../text/amounts.js";
import { readSourceAddress } from "../model/event/read-source-address.js";
import type { SendTotals } from "./send-events.js";
import type { Provenance, RejectReason, WireEvent } from "./wire-event.js";

/** What reading the logs came to; `examples` holds the first place of every reason. */
export interface ReadTotals {
  files: number;
  read: number;
  readonly rejected: Map<RejectReason, number>;
  /** Files in folders that are no logs by their names. */
  readonly passedOver: readonly string[];
  readonly examples: Map<RejectReason, Provenance>;
}

/** One import as `--json` prints it: counts are records or events. */
export interface ImportReport {
  readonly files: number;
  readonly read: number;
  readonly events: number;
  readonly not_imported: Readonly<Record<string, number>>;
  readonly first_at: Record<string, string>;
  /** Names of files in folders that were not read, the first 20. */
  readonly passed_over: readonly string[];
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
};

/** Puts the totals of reading and of sending (null when the events were written to a file) together. */
export function buildReport(
  read: ReadTotals,
  events: readonly WireEvent[],
  offsetMs: number,
  sent: SendTotals | null,
): ImportReport {
  const places = [...read.examples].map(([reason, at]) => [reason, `${at.file} record ${at.record}`]);
  return {
    files: read.files,
    read: read.read,
    events: events.length,
    not_imported: Object.fromEntries(read.rejected),
    first_at: Object.fromEntries(places) as Record<string, string>,
    passed_over: read.passedOver.slice(0, MOST_NAMES),
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

/** The report for people, without a final line break. */
export function printReport(report: ImportReport): string {
  const lines = [
    `read      ${countedText(report.read, "record")} in ${countedText(report.files, "file")}, ${countedText(report.events, "event")}`,
  ];
  for (const [reason, count] of Object.entries(report.not_imported)) {
    const hint = HINTS[reason as RejectReason];
    const place = report.first_at[reason] === undefined ? "" : ` (first: ${report.first_at[reason]})`;
    lines.push(`  not imported: ${count} ${reason}${hint === undefined ? "" : `, ${hint}`}${place}`);
  }
  if (report.passed_over.length > 0) lines.push(`  not logs, by their names: ${report.passed_over.join(", ")}`);
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
