import { createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { readCloudTrail } from "../import/cloudtrail.js";
import { readNdjsonEvents } from "../import/ndjson-events.js";
import { joinRequests, type FoundEvent } from "../import/join-requests.js";
import { buildReport, printReport, type ImportReport, type ReadTotals } from "../import/import-report.js";
import { listLogFiles, type LogFiles } from "../import/list-log-files.js";
import { orderEvents } from "../import/order-events.js";
import { parseRebase, rebase } from "../import/rebase.js";
import { SendError, sendEvents, type SendTotals } from "../import/send-events.js";
import { splitBatches } from "../import/split-batches.js";
import type { ImportedRecord, RejectReason, WireEvent } from "../import/wire-event.js";
import { DAY_MS } from "../time/day.js";
import { action, CommandFailure, EXIT, openConfig, type ExitCode } from "./run-command.js";

/** A restart of ingest takes seconds; a quota or a full queue may take minutes to clear. */
const UNREACHABLE_MS = 60_000;
const BUSY_MS = 15 * 60_000;

type Reader = (file: string, onRead: (bytes: number) => void) => AsyncGenerator<ImportedRecord>;

const READERS: Readonly<Record<string, Reader>> = {
  cloudtrail: readCloudTrail,
  ndjson: readNdjsonEvents,
};
/** Files of which nothing was read. */
const UNREAD: readonly RejectReason[] = [
  "unreadable_file",
  "zip_archive",
  "bzip2_file",
  "zstd_file",
  "xz_file",
  "parquet_file",
];

interface ImportOptions {
  readonly out?: string;
  readonly rebase?: string;
  readonly keyBy?: string;
  readonly json?: boolean;
}

/** `plimsoll import <format> <files…>`: turns existing logs into events and sends them to ingest, or writes them. */
export function importCommand(): Command {
  return new Command("import")
    .summary("turn existing logs into events")
    .description(
      "Turns existing logs into request events and sends them to PLIMSOLL_URL with the first of PLIMSOLL_ADMIN_TOKENS,\n" +
        "else of PLIMSOLL_INGEST_TOKENS. Only an admin token imports them as history: keys and networks then count as known since their first event,\n" +
        "otherwise since at most a day before they arrive.\n" +
        "The same files with the same --rebase T make the same batches, which ingest counts only once.",
    )
    .argument("<format>", `format of the logs: ${Object.keys(READERS).join(", ")}`)
    .argument("<files...>", "log files, plain or gzip, or folders of them; - is standard input")
    .option("--out <file>", "write NDJSON to a file, or - for standard output, instead of sending")
    .option("--rebase <now|T>", "shift the whole import so that its last event is now, or at T (RFC 3339)")
    .option(
      "--key-by <principal>",
      "name keys by the long-lived identity behind them where the log has one, such as a role's ARN",
    )
    .option("--json", "print the counts as JSON")
    .addHelpText(
      "after",
      "\nndjson: events as POST /v1/events takes them. cloudtrail: whatever CloudTrail is shipped in: JSON of any layout, CloudWatch Logs,\n" +
        "EventBridge, SNS, SQS, lookup-events, Athena and Lake results, CSV, SIEM exports, OCSF. An import is held in memory until it is sent.\n" +
        "Exit code: 0 done, 1 nothing was accepted or a file was unreadable, 2 usage, 3 unreachable.",
    )
    .action(action(run));
}

async function run(format: string, paths: readonly string[], options: ImportOptions): Promise<ExitCode> {
  const reader = READERS[format];
  if (reader === undefined) {
    throw new CommandFailure(EXIT.usage, `unknown format "${format}": use one of ${Object.keys(READERS).join(", ")}`);
  }
  if (options.keyBy !== undefined && options.keyBy !== "principal") {
    throw new CommandFailure(EXIT.usage, "--key-by must be principal");
  }
  const endAt = options.rebase === undefined ? undefined : parseRebase(options.rebase, Date.now());
  if (endAt === null) throw new CommandFailure(EXIT.usage, "--rebase must be now, or a time like 2026-03-08T02:00:00Z");
  const target = options.out === undefined ? readTarget() : undefined;
  const files = await listLogFiles(paths).catch((error: unknown) => {
    throw new CommandFailure(EXIT.usage, error instanceof Error ? error.message : String(error));
  });

  const { events: asLogged, totals } = await readFiles(files, reader, options.keyBy === "principal");
  const { events, offsetMs } = endAt === undefined ? { events: asLogged, offsetMs: 0 } : rebase(asLogged, endAt);

  const print = (sent: SendTotals | null): ExitCode => {
    const report = buildReport(totals, events, offsetMs, sent);
    const text = options.json === true ? JSON.stringify(report) : printReport(report);
    (options.out === "-" ? process.stderr : process.stdout).write(`${text}\n`);
    if (sent !== null && events.length > 0 && options.json !== true) process.stdout.write(judgeHint(report));
    return isBadNews(report) ? EXIT.badNews : EXIT.ok;
  };
  if (target === undefined) {
    await writeEvents(events, options.out ?? "-");
    return print(null);
  }
  const progress = openProgress("sending", events.length);
  try {
    const patience = { unreachableMs: UNREACHABLE_MS, busyMs: BUSY_MS };
    const onBatch = (sent: SendTotals) => progress?.update(sent.sent);
    return print(await sendEvents(splitBatches(events), { ...target, ...patience, onBatch }));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    print(error.totals);
    throw new CommandFailure(
      error.kind === "unreachable" ? EXIT.unreachable : EXIT.usage,
      `${error.message}; events already sent are recognised when this import is repeated`,
    );
  } finally {
    progress?.stop();
  }
}

/** Live checks take what is a day late at most: older events are judged only when somebody asks. */
function judgeHint({ from, to }: ImportReport): string {
  if (from === null || to === null || Date.parse(to) > Date.now() - DAY_MS) return "";
  const end = new Date(Math.floor(Date.parse(to) / DAY_MS) * DAY_MS + DAY_MS).toISOString().slice(0, 10);
  return `to judge  plimsoll run check-keys --from ${from.slice(0, 10)} --to ${end}  (after plimsoll run learn-baselines)\n`;
}

function readTarget() {
  const { PLIMSOLL_URL: url, PLIMSOLL_ADMIN_TOKENS: admins, PLIMSOLL_INGEST_TOKENS: senders } = openConfig();
  const token = (admins[0] ?? senders[0])?.token;
  if (token !== undefined) return { url, token };
  throw new CommandFailure(
    EXIT.usage,
    "neither PLIMSOLL_ADMIN_TOKENS nor PLIMSOLL_INGEST_TOKENS is set: one is needed to send, --out needs none",
  );
}

async function readFiles({ files, passedOver }: LogFiles, reader: Reader, byPrincipal: boolean) {
  const totals: ReadTotals = { files: files.length, read: 0, rejected: new Map(), examples: new Map(), passedOver };
  const found: FoundEvent[] = [];
  const sizes = await Promise.all(files.map(async (file) => (file === "-" ? 0 : (await stat(file)).size)));
  const progress = openProgress(
    "reading",
    sizes.reduce((sum, size) => sum + size, 0),
  );
  for (const file of files) {
    for await (const record of reader(file, (bytes) => progress?.increment(bytes))) {
      totals.read += 1;
      if ("event" in record) found.push(byPrincipal ? { ...record, event: namedByPrincipal(record.event) } : record);
      else {
        totals.rejected.set(record.rejected, (totals.rejected.get(record.rejected) ?? 0) + 1);
        if (!totals.examples.has(record.rejected)) totals.examples.set(record.rejected, record.from);
      }
    }
  }
  progress?.stop();
  const joined = joinRequests(found);
  const { events, repeated } = orderEvents(joined.events);
  if (repeated + joined.repeated > 0) totals.rejected.set("repeated_event", repeated + joined.repeated);
  return { events, totals };
}

function namedByPrincipal(event: WireEvent): WireEvent {
  const { principal, key: _, ...rest } = event;
  return principal === undefined ? event : { ...rest, key_id: principal, principal };
}

async function writeEvents(events: readonly WireEvent[], out: string): Promise<void> {
  const lines = function* () {
    for (const batch of splitBatches(events)) yield batch.body;
  };
  if (out === "-") await pipeline(Readable.from(lines()), process.stdout, { end: false });
  else await pipeline(Readable.from(lines()), createWriteStream(out));
}

function isBadNews(report: ImportReport): boolean {
  const unreadable = UNREAD.some((reason) => (report.not_imported[reason] ?? 0) > 0);
  return unreadable || report.events === 0 || (report.sent !== null && report.accepted === 0);
}

/** On standard error, and only for somebody who looks at it. */
function openProgress(title: string, total: number): SingleBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total}`,
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return bar;
}
