import { stat } from "node:fs/promises";
import type { Config } from "../config.js";
import { planKeys } from "../model/key/plan-keys.js";
import type { ParseHistoryWork } from "../pipeline/replay/parse-history-worker.js";
import { readNetworksFile } from "../store/networks/networks-file.js";
import { fileProblem } from "./file-problem.js";
import { oneLine } from "./print-table.js";
import { readKeysFile, readPeppers, showProblems } from "./read-keys-file.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** What a backtest reads, as the command line names it. */
export interface InputFiles {
  readonly events: string;
  /** Absent: no key is registered. */
  readonly keys?: string;
  readonly networks?: string;
}

/** Checked inputs: what parsing needs, and the size of the events file in bytes, null when it cannot be known. */
export interface BacktestInputs {
  readonly work: ParseHistoryWork;
  readonly keysToken: string;
  readonly eventBytes: number | null;
}

/** Reads and checks everything but the events. @throws CommandFailure, NetworksFileError with every problem of a file. */
export async function readInputs(files: InputFiles, config: Config): Promise<BacktestInputs> {
  if (files.events === "-" && files.keys === "-") {
    throw new CommandFailure(EXIT.usage, "--events and --keys cannot both be standard input");
  }
  const eventBytes = files.events === "-" ? null : await sizeOf(files.events);
  const networksFile = files.networks ?? config.PLIMSOLL_NETWORKS_FILE ?? null;
  // A file that cannot be used is found out before hours of reading.
  if (networksFile !== null) readNetworksFile(networksFile);
  const { versions, token } = files.keys === undefined ? planKeys([], []) : await planRegistry(files.keys, config);
  return { work: { versions, peppers: readPeppers(config), networksFile }, keysToken: token, eventBytes };
}

/** Without registered keys there are their requests all the same. */
const MAY_BE_EMPTY = true;

/** The registry as `keys import` would have written it when it was first told of: what has no date counts since the key was made. */
async function planRegistry(file: string, config: Config) {
  const { parsed, entries, problems } = await readKeysFile(file, 0, config, MAY_BE_EMPTY);
  const told = parsed.map(({ key, given }) => ({
    key: given.has("valid_from") ? key : { ...key, validFrom: key.createdAt ?? 0 },
    given,
  }));
  const plan = planKeys(told, []);
  const clashes = plan.problems.map(({ index, problem }) => `${entries[index]?.at}: ${problem}`);
  const all = [...problems, ...clashes];
  if (all.length === 0) return plan;
  throw new CommandFailure(EXIT.badNews, `${oneLine(file)} is not usable:`, ...showProblems(all));
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (!found.isDirectory()) return found.size;
  } catch (error) {
    throw new CommandFailure(EXIT.usage, fileProblem(error, file));
  }
  throw new CommandFailure(
    EXIT.usage,
    `${oneLine(file)} is a directory: name one file, or join them: cat DIR/* | … --events -`,
  );
}
