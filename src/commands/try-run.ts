import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Config } from "../config.js";
import { statedBudget } from "../detect/alarm-budget.js";
import { newTotals, readingOf, type ReadTotals } from "../import/import-report.js";
import { linesOfReading } from "../import/print-report.js";
import { listLogFiles } from "../import/list-log-files.js";
import { readPortions } from "../import/read-portions.js";
import { RouteCap } from "../import/record/cap-routes.js";
import { splitBatches } from "../import/split-batches.js";
import type { WireEvent } from "../import/wire-event.js";
import { pepperOf } from "../model/key/key-fingerprint.js";
import { readBudgetInForce } from "../pipeline/learn/read-budget.js";
import { loadHistory, type LoadedHistory } from "../pipeline/replay/load-history.js";
import { openParseThreads } from "../pipeline/replay/parse-threads.js";
import { AS_OF, replayChecks } from "../pipeline/replay/replay-checks.js";
import { openToldPages } from "../pipeline/replay/told-pages.js";
import { readNetworksFile } from "../store/networks/networks-file.js";
import type { Store } from "../store/store.js";
import { DAY_MS } from "../time/day.js";
import { fileProblem } from "./file-problem.js";
import { openProgress } from "./open-progress.js";
import { oneLine } from "./print-table.js";
import { openGuessingReader, type ReaderOptions } from "./import-reader.js";
import { sizeOf } from "./import-read.js";
import { isUnread } from "./import-unread.js";
import { readPeppers } from "./read-keys-file.js";
import { CommandFailure, EXIT, openConfig, type ExitCode } from "./run-command.js";
import { refusalsOf } from "./backtest-summary.js";
import { printTrial } from "./try-print.js";
import { namedByText } from "./try-named-by.js";
import { readTrial, trialToJson, type NamedBy } from "./try-report.js";
import { withScratch } from "./with-scratch.js";

interface TryOptions extends ReaderOptions {
  readonly step?: number;
  readonly json?: boolean;
}

/** Events that are held at once: some dozens of megabytes. */
const PORTION = 20_000;
/** Beside the one that reads the log; more than this would wait for ClickHouse. */
const THREADS = Math.max(1, Math.min(3, availableParallelism() - 1));
/** A longer history is checked every few minutes, so that it takes minutes. */
const [EACH_MINUTE_DAYS, LONG_STEP] = [8, 5];

/** `plimsoll try`: reads, loads, replays and tells. */
export async function runTry(paths: readonly string[], options: TryOptions): Promise<ExitCode> {
  const startedAt = performance.now();
  const config = openConfig();
  const totals = newTotals();
  // What is said before the end is for people.
  const say = (line: string) => options.json !== true && process.stdout.write(`${oneLine(line)}\n`);
  const namedBy: NamedBy = new Map();
  const reader = openGuessingReader(options, totals, {
    onGuess: (file, { format, why }) => say(`${nameOf(file)}: ${format} (${why})`),
    onKeyFrom: (format, keyFrom, maybe) => {
      namedBy.set(format, keyFrom);
      say(`  ${namedByText(keyFrom, maybe)}`);
    },
  });
  const { files, passedOver, notFiles } = await listLogFiles(paths).catch((error: unknown) => {
    throw new CommandFailure(EXIT.usage, fileProblem(error));
  });
  Object.assign(totals, { files: files.length, passedOver, notFiles });
  const size = files.includes("-") ? null : await sizeOf(files);
  const reading = openProgress("reading", size);
  let bytes = 0;
  const onRead = (read: number) => reading.at((bytes += read));
  const onEmpty = (file: string) => totals.empty.push(file);
  const portions = readPortions(files, { reader, byPrincipal: false, most: PORTION, onRead, onEmpty }, totals);
  try {
    // What is no log at all is known before anything is started.
    const first = await portions.next();
    if (first.done === true) {
      if (totals.files === 0 || totals.empty.length < totals.files) throw nothingFound(totals);
      return printNothing(totals, options);
    }
    return await withScratch(config, async (store, signal) => {
      const lines = linesOf(first.value, portions, totals, signal);
      const loaded = await load(store, config, lines);
      reading.end();
      if (loaded.accepted === 0) throw nothingFound(totals, loaded);
      const days = (loaded.lastAt - loaded.firstAt) / DAY_MS;
      const stepMinutes = options.step ?? (days > EACH_MINUTE_DAYS ? LONG_STEP : 1);
      const checking = openProgress("checking", loaded.lastAt - loaded.firstAt);
      const { told, add } = openToldPages(store);
      const budget = statedBudget(config);
      const replayed = await replayChecks(
        {
          store,
          budget,
          unregisteredKeys: config.PLIMSOLL_UNREGISTERED_KEYS,
          signal,
          onTick: (tick) => checking.at(tick - loaded.firstAt),
          onStep: add,
        },
        { from: 0, to: AS_OF, stepMinutes },
      ).finally(() => checking.end());
      const trial = await readTrial(store, {
        reading: readingOf(totals, loaded.accepted),
        loaded,
        replayed,
        told,
        limits: (await readBudgetInForce(store, budget, loaded.lastAt)).thresholds,
        namedBy,
        options,
        files,
        stepMinutes,
        seconds: (performance.now() - startedAt) / 1000,
      });
      process.stdout.write(options.json === true ? `${JSON.stringify(trialToJson(trial))}\n` : printTrial(trial));
      return isUnread(totals) ? EXIT.badNews : EXIT.ok;
    });
  } finally {
    reading.end();
  }
}

async function load(store: Store, config: Config, lines: AsyncIterable<Buffer>): Promise<LoadedHistory> {
  const threads = openParseThreads(parsingOf(config), THREADS);
  try {
    return await loadHistory({ store, threads }, lines);
  } finally {
    await threads.close();
  }
}

/** All events as lines for the parsing threads, each key with few routes. */
async function* linesOf(
  first: readonly WireEvent[],
  rest: AsyncGenerator<readonly WireEvent[]>,
  totals: ReadTotals,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  // Whoever still writes into a pipe does not hold up an end that was asked for.
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  const cap = new RouteCap();
  for (let portion = first; ;) {
    signal.throwIfAborted();
    for (const { body } of splitBatches(portion.map((event) => cap.apply(event)))) yield Buffer.from(body);
    totals.cappedRoutes = cap.capped;
    const next = await rest.next();
    if (next.done === true) return;
    portion = next.value;
  }
}

/** Without a pepper of the installation one of this run: the log's raw keys are fingerprints of either. */
function parsingOf(config: Config) {
  const networksFile = config.PLIMSOLL_NETWORKS_FILE ?? null;
  if (networksFile !== null) readNetworksFile(networksFile);
  const peppers = readPeppers(config);
  if (peppers.length === 0) peppers.push(pepperOf(randomBytes(32).toString("hex")));
  return { versions: [], peppers, networksFile };
}

/** `loaded`: what was read, where ingest would take none of it. */
function nothingFound(totals: ReadTotals, loaded?: LoadedHistory): CommandFailure {
  const lines = ["there is no event in it:", ...linesOfReading(readingOf(totals, 0))];
  if (loaded !== undefined) return new CommandFailure(EXIT.badNews, ...lines, ...refusalsOf(loaded));
  if (totals.read === 0) return new CommandFailure(EXIT.badNews, ...lines);
  const fix =
    "name its keys with --key-from, or write a map: plimsoll map --suggest LOG > map.json, then plimsoll import json --map map.json LOG --out events.ndjson, which try reads";
  return new CommandFailure(EXIT.badNews, ...lines, fix);
}

/** Logs that were just rotated are no fault. */
function printNothing(totals: ReadTotals, { json }: TryOptions): ExitCode {
  const reading = readingOf(totals, 0);
  const text = json === true ? JSON.stringify(reading) : linesOfReading(reading).join("\n");
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
}

const nameOf = (file: string) => (file === "-" ? "standard input" : file);
