import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";

/** How logs, also rotated ones, and what exports and delivery streams write without an ending, are named. */
const LOG_FILE = /\.(json|ndjson|jsonl|log|csv|gz)(\.\d{1,4})?$/i;
const WITHOUT_ENDING = /^[^.]+$/;

/** What the arguments name, by name. */
export interface LogFiles {
  readonly files: readonly string[];
  /** Files in folders whose names are none of a log. */
  readonly passedOver: readonly string[];
}

/**
 * The files that the arguments name: a file is taken as it is, `-` is standard input, a folder gives all log files below it. Hidden files are no part of it.
 * @throws the file system's error for a path that is not there.
 */
export async function listLogFiles(paths: readonly string[]): Promise<LogFiles> {
  const files: string[] = [];
  const passedOver: string[] = [];
  for (const path of paths) {
    if (path === "-" || !(await stat(path)).isDirectory()) {
      files.push(path);
      continue;
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const found = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
    for (const file of found) (isLog(basename(file)) ? files : passedOver).push(file);
  }
  return { files, passedOver };
}

function isLog(name: string): boolean {
  return LOG_FILE.test(name) || (WITHOUT_ENDING.test(name) && !/^(README|LICENSE|NOTICE)$/i.test(name));
}
