import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { buildReport, newTotals, sumEvents, type ImportReport } from "../import/import-report.js";
import { listLogFiles } from "../import/list-log-files.js";
import { printReport } from "../import/print-report.js";
import { parseRebase, rebase } from "../import/rebase.js";
import { SendError, sendEvents, type SendTotals } from "../import/send-events.js";
import { splitBatches } from "../import/split-batches.js";
import type { WireEvent } from "../import/wire-event.js";
import { DAY_MS } from "../time/day.js";
import { fileProblem } from "./file-problem.js";
import { readFiles, withFewRoutes } from "./import-read.js";
import { openProgress } from "./open-progress.js";
import { IMPORT_FORMATS, openTextReader, type ReaderOptions } from "./import-reader.js";
import { isUnread } from "./import-unread.js";
import { readTarget } from "./import-target.js";
import { follow } from "./import-follow.js";
import { action, CommandFailure, EXIT, type ExitCode } from "./run-command.js";

/** A restart of ingest takes seconds; a quota or a full queue may take minutes to clear. */
const UNREACHABLE_MS = 60_000;
const BUSY_MS = 15 * 60_000;

/** Of these a sender chose the routes. */
const AS_SENT = new Set(["ndjson", "cloudtrail"]);

interface ImportOptions extends ReaderOptions {
  readonly out?: string;
  readonly rebase?: string;
  readonly keyBy?: string;
  readonly json?: boolean;
  readonly follow?: boolean;
  readonly state?: string;
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
    .argument("<format>", `format of the logs: ${IMPORT_FORMATS.join(", ")}`)
    .argument("<files...>", "log files, plain or gzip, or folders of them; - is standard input")
    .option("--out <file>", "write NDJSON to a file, or - for standard output, instead of sending")
    .option("--rebase <now|T>", "shift the whole import so that its last event is now, or at T (RFC 3339)")
    .option(
      "--key-by <principal>",
      "count long-lived keys, too, for the identity behind them where the log has one, such as a user's ARN; short-lived ones always do",
    )
    .option(
      "--key-from <user|ip|header:X>",
      "where a record names no key: by the authenticated user, by the address, or by the logged header or field X (first of all)",
    )
    .option(
      "--trusted-proxies <networks>",
      "addresses and networks of your own proxies, parted by commas: X-Forwarded-For is believed from them only (default: none)",
    )
    .option(
      "--map <file>",
      "for json and csv: which dotted path (or column) holds which field of an event; see plimsoll map",
    )
    .option("--follow", "continue with what is written later, through rotations and restarts, until Ctrl-C")
    .option("--state <file>", "with --follow: where its place is kept (default: in ./.plimsoll-follow)")
    .option("--json", "print the counts as JSON")
    .addHelpText(
      "after",
      "\nauto recognises each file by its first lines, and reports as what. docs/importing-logs.md has the fields of every format.\n" +
        "--follow sends what is there, then each line as it is written, through rotations and restarts, each once.\n" +
        "A header or query parameter with a raw key is sent as key: ingest keeps its fingerprint. --out writes it as it is.\n" +
        "ndjson: events as POST /v1/events takes them. cloudtrail: whatever CloudTrail is shipped in: JSON of any layout, CloudWatch Logs,\n" +
        "EventBridge, SNS, SQS, lookup-events, Athena and Lake results, CSV, SIEM exports, OCSF. An import is held in memory until it is sent.\n" +
        "Exit code: 0 done, 1 nothing was accepted or a file was unreadable, 2 usage, 3 unreachable.",
    )
    .action(action(run));
}

async function run(format: string, paths: readonly string[], options: ImportOptions): Promise<ExitCode> {
  const totals = newTotals();
  const read = await openTextReader(format, options, totals);
  if (options.keyBy !== undefined && options.keyBy !== "principal") {
    throw new CommandFailure(EXIT.usage, "--key-by must be principal");
  }
  const byPrincipal = options.keyBy === "principal";
  if (options.follow === true) {
    const path = followed(format, paths, options);
    return follow({ format, path, text: read, byPrincipal, totals, state: options.state, json: options.json === true });
  }
  if (options.state !== undefined) throw new CommandFailure(EXIT.usage, "--state is for --follow");
  const endAt = options.rebase === undefined ? undefined : parseRebase(options.rebase, Date.now());
  if (endAt === null) throw new CommandFailure(EXIT.usage, "--rebase must be now, or a time like 2026-03-08T02:00:00Z");
  const target = options.out === undefined ? readTarget(true) : undefined;
  const { files, passedOver, notFiles } = await listLogFiles(paths).catch((error: unknown) => {
    throw new CommandFailure(EXIT.usage, fileProblem(error));
  });
  Object.assign(totals, { files: files.length, passedOver, notFiles });
  const found = await readFiles(files, read, byPrincipal, totals);
  const asLogged = AS_SENT.has(format) ? found : withFewRoutes(found, totals);
  const { events, offsetMs } = endAt === undefined ? { events: asLogged, offsetMs: 0 } : rebase(asLogged, endAt);

  const sums = sumEvents(events);
  const print = (sent: SendTotals | null): ExitCode => {
    const report = buildReport(totals, sums, offsetMs, sent);
    const text = options.json === true ? JSON.stringify(report) : printReport(report);
    (options.out === "-" ? process.stderr : process.stdout).write(`${text}\n`);
    if (sent !== null && events.length > 0 && options.json !== true) process.stdout.write(judgeHint(report));
    return isBadNews(report) ? EXIT.badNews : EXIT.ok;
  };
  if (target === undefined) {
    await writeEvents(events, options.out ?? "-").catch((error: unknown) => {
      throw new CommandFailure(EXIT.usage, fileProblem(error, options.out, "written"));
    });
    return print(null);
  }
  const progress = openProgress("sending", events.length);
  try {
    const patience = { unreachableMs: UNREACHABLE_MS, busyMs: BUSY_MS };
    const onBatch = (sent: SendTotals) => progress.at(sent.sent);
    return print(await sendEvents(splitBatches(events), { ...target, ...patience, onBatch }));
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    print(error.totals);
    throw new CommandFailure(
      error.kind === "unreachable" ? EXIT.unreachable : EXIT.usage,
      `${error.message}; events already sent are recognised when this import is repeated`,
    );
  } finally {
    progress.end();
  }
}

/** The one path to follow. @throws CommandFailure for what cannot be followed so */
function followed(format: string, paths: readonly string[], { out, rebase: shift }: ImportOptions): string {
  const [path = "", ...more] = paths;
  if (more.length > 0) throw new CommandFailure(EXIT.usage, "--follow takes one file, one folder or -");
  if (out !== undefined || shift !== undefined)
    throw new CommandFailure(EXIT.usage, "--follow sends as it goes: neither --out nor --rebase is for it");
  if (format !== "csv" && format !== "auto") return path;
  throw new CommandFailure(EXIT.usage, `${format} cannot be followed: name a format that has one record a line`);
}

/** Live checks take what is a day late at most: older events are judged only when somebody asks. */
function judgeHint({ from, to }: ImportReport): string {
  if (from === null || to === null || Date.parse(to) > Date.now() - DAY_MS) return "";
  const end = new Date(Math.floor(Date.parse(to) / DAY_MS) * DAY_MS + DAY_MS).toISOString().slice(0, 10);
  return `to judge  plimsoll run check-keys --from ${from.slice(0, 10)} --to ${end}  (after plimsoll run learn-baselines)\n`;
}

async function writeEvents(events: readonly WireEvent[], out: string): Promise<void> {
  const lines = function* () {
    for (const batch of splitBatches(events)) yield batch.body;
  };
  if (out === "-") await pipeline(Readable.from(lines()), process.stdout, { end: false });
  else await pipeline(Readable.from(lines()), createWriteStream(out, { mode: mayHoldKeys(events) ? 0o600 : 0o666 }));
}

function isBadNews(report: ImportReport): boolean {
  const unread = isUnread({ rejected: new Map(Object.entries(report.not_imported)) });
  // Nothing is wrong with logs that are empty.
  const isEmpty = report.files > 0 && report.read === 0;
  return unread || (!isEmpty && (report.events === 0 || (report.sent !== null && report.accepted === 0)));
}

/** Raw keys are written as they are, for no one else to read. */
function mayHoldKeys(events: readonly WireEvent[]): boolean {
  return events.some((event) => event.key !== undefined);
}
