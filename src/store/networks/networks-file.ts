import { readFileSync, statSync } from "node:fs";
import { parseNetworks, type NetworkProblem, type NetworkTable } from "../../model/network/network-table.js";

// A change is taken up at the second look that finds it unchanged: within 40 s, where docs/contract.md says 60.
const LOOK_EVERY_MS = 20_000;
// Enough to see what went wrong with a file; the rest is counted.
const PROBLEMS_SHOWN = 20;

/** A networks file that cannot be used; the message names the file, and each line with its field and fix. */
export class NetworksFileError extends Error {
  readonly path: string;
  /** Empty when the file could not be read at all. */
  readonly problems: readonly NetworkProblem[];

  constructor(path: string, message: string, problems: readonly NetworkProblem[] = []) {
    super(message);
    this.name = "NetworksFileError";
    this.path = path;
    this.problems = problems;
  }
}

/** A networks file that is looked after. */
export interface NetworksFile {
  /** The table of the last version without a problem. */
  readonly current: () => NetworkTable;
  readonly close: () => void;
}

export interface WatchOptions {
  /** Milliseconds between two looks; a change is taken up within two of them. At most 30,000 keeps to docs/contract.md. */
  readonly everyMs?: number;
  /** Hears once of a version that could not be used; the earlier table stays. */
  readonly onProblem: (problem: NetworksFileError) => void;
  /** Hears of each later version that was taken up. */
  readonly onChange?: (table: NetworkTable) => void;
}

/**
 * The table that a CSV file `cidr,asn,name,type` holds.
 * @throws NetworksFileError when it cannot be read or any line of it cannot be used.
 */
export function readNetworksFile(path: string): NetworkTable {
  const text = readNetworksBytes(path).toString("utf8");
  const { table, problems } = parseNetworks(text);
  if (problems.length === 0) return table;
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ line, problem }) => `  line ${line}: ${problem}`);
  if (problems.length > shown.length) shown.push(`  and ${problems.length - shown.length} more lines`);
  throw new NetworksFileError(path, [`${path} is not usable:`, ...shown].join("\n"), problems);
}

/** A networks file as it is. @throws NetworksFileError when it cannot be read */
export function readNetworksBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads a networks file now and again whenever it changes. A version that is still being written is left alone; one that
 * cannot be used is reported and changes nothing. Does not keep the process alive.
 * @throws NetworksFileError when the first version cannot be used.
 */
export function watchNetworksFile(path: string, options: WatchOptions): NetworksFile {
  // Looked at before it is read: what changes in between is then seen as a change.
  let judged = stampOf(path);
  let seen = judged;
  let table = readNetworksFile(path);
  let reported = "";
  const report = (problem: NetworksFileError) => {
    if (problem.message !== reported) options.onProblem(problem);
    reported = problem.message;
  };
  const look = () => {
    const stamp = stampOf(path);
    const isStill = stamp === seen;
    seen = stamp;
    if (!isStill || stamp === judged) return;
    let next: NetworkTable;
    try {
      next = readNetworksFile(path);
    } catch (error) {
      if (!(error instanceof NetworksFileError)) throw error;
      if (stampOf(path) !== stamp) return;
      // Bad lines stay bad until the file changes; what could not be read may be readable at the next look.
      if (error.problems.length > 0) judged = stamp;
      report(error);
      return;
    }
    if (stampOf(path) !== stamp) return;
    judged = stamp;
    table = next;
    reported = "";
    options.onChange?.(table);
  };
  const timer = setInterval(look, options.everyMs ?? LOOK_EVERY_MS);
  timer.unref();
  return { current: () => table, close: () => clearInterval(timer) };
}

/** What changes with every version of a file, also when it is replaced, or becomes readable. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch (error) {
    return `unreadable ${codeOf(error)}`;
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "unknown error";

const unreadable = (path: string, error: unknown) =>
  new NetworksFileError(
    path,
    `${path} cannot be read (${codeOf(error)}): name an existing file that this user may read`,
  );
