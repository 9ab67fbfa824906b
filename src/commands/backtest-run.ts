import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { statedBudget } from "../detect/alarm-budget.js";
import { versionIn } from "../model/key/key.js";
import { readBytes } from "../import/read-bytes.js";
import { openBacktestLines } from "../pipeline/replay/backtest-lines.js";
import { loadHistory, type LoadedHistory } from "../pipeline/replay/load-history.js";
import type { ParseHistoryWork } from "../pipeline/replay/parse-history-worker.js";
import { openParseThreads } from "../pipeline/replay/parse-threads.js";
import { AS_OF, replayChecks, type ReplayRequest } from "../pipeline/replay/replay-checks.js";
import type { Store } from "../store/store.js";
import { readInputs } from "./backtest-inputs.js";
import { openProgress } from "./open-progress.js";
import { printReport, refusalsOf, summaryOf } from "./backtest-summary.js";
import { oneLine } from "./print-table.js";
import { CommandFailure, EXIT, openConfig, type ExitCode } from "./run-command.js";
import { withScratch } from "./with-scratch.js";

/** Options of `plimsoll backtest`, checked; instants are epoch ms. */
export interface BacktestOptions {
  readonly events: string;
  readonly keys?: string;
  readonly networks?: string;
  readonly from?: number;
  readonly to?: number;
  /** Minutes. */
  readonly step: number;
  readonly budget?: number;
  readonly out: string;
  readonly summary?: string;
}

/** More threads than this would wait for ClickHouse. */
const MOST_THREADS = 4;

/** `plimsoll backtest`: reads, loads, replays and writes. */
export async function runBacktest(options: BacktestOptions): Promise<ExitCode> {
  const startedAt = performance.now();
  const config = openConfig();
  const wish: ReplayRequest = { from: options.from ?? 0, to: options.to ?? AS_OF, stepMinutes: options.step };
  if (wish.from >= wish.to) throw new CommandFailure(EXIT.usage, "--from must be before --to");
  const budget = statedBudget({ ...config, PLIMSOLL_PAGE_BUDGET: options.budget ?? config.PLIMSOLL_PAGE_BUDGET });
  const inputs = await readInputs(options, config);
  if (options.summary !== undefined) await makeFile(options.summary);
  const out = await openOut(options.out);
  const lines = openBacktestLines();
  await withScratch(config, async (store, signal) => {
    if (inputs.work.versions.length > 0) await store.registry.insertKeys(inputs.work.versions, inputs.keysToken);
    const loaded = await load(store, options.events, inputs.work, inputs.eventBytes, signal);
    if (loaded.accepted === 0) throw nothingAccepted(options.events, loaded);
    const progress = openProgress("checking", loaded.lastAt - loaded.firstAt);
    try {
      const totals = await replayChecks(
        {
          store,
          budget,
          unregisteredKeys: config.PLIMSOLL_UNREGISTERED_KEYS,
          signal,
          onTick: (tick) => progress.at(tick - loaded.firstAt),
          onStep: async (step, finding) => {
            const keys = await store.registry.readKeys(step.transition.at, AS_OF);
            const key = versionIn(keys, step.transition.keyId);
            for (const line of lines.linesOf(step, finding, key)) await write(out, `${line}\n`);
          },
        },
        wish,
      );
      progress.end();
      const seconds = (performance.now() - startedAt) / 1000;
      const summary = summaryOf(loaded, totals, lines.counts(), seconds);
      if (options.summary !== undefined) await writeFile(options.summary, `${JSON.stringify(summary, null, 2)}\n`);
      process.stderr.write(printReport(summary, loaded));
    } finally {
      progress.end();
    }
  });
  await close(out);
  return EXIT.ok;
}

async function load(
  store: Store,
  events: string,
  work: ParseHistoryWork,
  size: number | null,
  signal: AbortSignal,
): Promise<LoadedHistory> {
  const progress = openProgress("reading", size);
  const threads = openParseThreads(work, Math.min(MOST_THREADS, availableParallelism()));
  let bytes = 0;
  const source = readBytes(events, (read) => {
    signal.throwIfAborted();
    bytes += read;
    progress.at(bytes);
  });
  try {
    return await loadHistory({ store, threads }, orUnreadable(events, source));
  } finally {
    progress.end();
    await threads.close();
  }
}

/** What goes wrong while the file is read is the file's fault, not ours. */
async function* orUnreadable(file: string, source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(EXIT.badNews, `${oneLine(file)} cannot be read to its end: ${what}`);
  }
}

function nothingAccepted(file: string, loaded: LoadedHistory): CommandFailure {
  const name = file === "-" ? "standard input" : oneLine(file);
  if (loaded.read === 0) return new CommandFailure(EXIT.badNews, `there is no event in ${name}`);
  return new CommandFailure(EXIT.badNews, `no event in ${name} was acceptable:`, ...refusalsOf(loaded));
}

/** Made before hours of work, so that a path that cannot be written is told of at once. @throws CommandFailure */
async function makeFile(path: string): Promise<void> {
  try {
    await (await open(path, "w")).close();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new CommandFailure(EXIT.usage, `${oneLine(path)} cannot be written: ${code}`);
  }
}

async function openOut(path: string): Promise<Writable> {
  if (path === "-") return process.stdout;
  await makeFile(path);
  return createWriteStream(path);
}

async function write(out: Writable, text: string): Promise<void> {
  if (!out.write(text)) await once(out, "drain");
}

async function close(out: Writable): Promise<void> {
  if (out === process.stdout) return;
  out.end();
  await finished(out);
}
