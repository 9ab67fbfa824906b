import type { Dirent } from "node:fs";
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
  /** What in folders is no file that ends: pipes, sockets, devices, links to nothing or to folders. */
  readonly notFiles: readonly string[];
}

/**
 * The files that the arguments name: a file is taken as it is, `-` is standard input, a folder gives all log files below it. Hidden files are no part of it.
 * Only an argument may be a pipe, as shells make them: who names it knows that something is written to it.
 * @throws the file system's error for a path that is not there.
 */
export async function listLogFiles(paths: readonly string[]): Promise<LogFiles> {
  const files: string[] = [];
  const passedOver: string[] = [];
  const notFiles: string[] = [];
  for (const path of paths) {
    if (path === "-" || !(await stat(path)).isDirectory()) {
      files.push(path);
      continue;
    }
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const found = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
      .toSorted((one, other) => (pathOf(one) < pathOf(other) ? -1 : 1));
    for (const entry of found) {
      const file = pathOf(entry);
      if (!isLog(basename(file))) passedOver.push(file);
      else ((await isRegular(entry)) ? files : notFiles).push(file);
    }
  }
  return { files, passedOver, notFiles };
}

const pathOf = (entry: Dirent) => join(entry.parentPath, entry.name);

async function isRegular(entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  const target = await stat(pathOf(entry)).catch(() => null);
  return target?.isFile() ?? false;
}

function isLog(name: string): boolean {
  return LOG_FILE.test(name) || (WITHOUT_ENDING.test(name) && !/^(README|LICENSE|NOTICE)$/i.test(name));
}
