import { readFile } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { text as readStream } from "node:stream/consumers";
import type { Config } from "../config.js";
import { readKeyEntries, type KeyFileEntry } from "../import/read-key-entries.js";
import { identifyWith } from "../model/key/identify-key.js";
import { pepperOf } from "../model/key/key-fingerprint.js";
import { parseKey, type ParsedKey } from "../model/key/parse-key.js";
import { listedOnce } from "../model/key/unknown-field.js";
import { fileProblem } from "./file-problem.js";
import { oneLine } from "./print-table.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** More would push the first, which usually explains the rest, off the screen. */
const MAX_SHOWN = 50;

/** A registry file, read and checked entry by entry. */
export interface KeysFile {
  /** In the order of the entries, when there is no problem. */
  readonly parsed: readonly ParsedKey[];
  readonly entries: readonly KeyFileEntry[];
  /** Sentences that name the place, the field and the fix; nothing may be used when there is any. */
  readonly problems: readonly string[];
}

/**
 * Reads and checks a registry file, or standard input for `-`; what gives no `valid_from` counts from `now` (epoch ms) on.
 * @throws CommandFailure when the file cannot be read.
 */
export async function readKeysFile(file: string, now: number, config: Config, mayBeEmpty = false): Promise<KeysFile> {
  const entries = readKeyEntries(await readText(file));
  if ("problems" in entries) return { parsed: [], entries: [], problems: entries.problems };
  if (entries.length === 0 && !mayBeEmpty) return { parsed: [], entries, problems: ["there is no entry in it"] };
  const peppers = readPeppers(config);
  const identify = peppers.length === 0 ? undefined : identifyWith(peppers);
  const parsed: ParsedKey[] = [];
  const problems: string[] = [];
  for (const { at, entry } of entries) {
    const result = parseKey(entry, now, identify);
    if ("key" in result) parsed.push(result);
    else problems.push(...result.problems.map((problem) => `${at}: ${problem}`));
  }
  return { parsed, entries, problems: listedOnce(problems) };
}

/** The pepper in force and the one before it, as far as they are given. */
export function readPeppers(config: Config): KeyObject[] {
  return [config.PLIMSOLL_KEY_PEPPER, config.PLIMSOLL_KEY_PEPPER_PREVIOUS].flatMap((pepper) =>
    pepper === undefined ? [] : [pepperOf(pepper.reveal())],
  );
}

/** The first problems, a line each, and how many more there are. */
export function showProblems(problems: readonly string[]): string[] {
  const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
  return [...problems.slice(0, MAX_SHOWN), ...more].map((problem) => `  ${oneLine(problem)}`);
}

async function readText(file: string): Promise<string> {
  try {
    return file === "-" ? await readStream(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    throw new CommandFailure(EXIT.usage, fileProblem(error, file));
  }
}
