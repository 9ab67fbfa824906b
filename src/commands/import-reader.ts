import { readFile } from "node:fs/promises";
import { mappedFormat, parseFieldMap } from "../import/formats/mapped.js";
import type { ReadTotals } from "../import/import-report.js";
import type { Reader } from "../import/read-portions.js";
import { FORMAT_NAMES, hasOwnReader, textReaderOf, type TextReader } from "../import/read-as.js";
import { readText } from "../import/read-text.js";
import { guessKeyFrom } from "../import/record/guess-key-from.js";
import { meaningOf, parseKeyFrom, type KeyFrom } from "../import/record/key-from.js";
import type { Guess } from "../import/record/guess-format.js";
import type { LogFormat, ParseOptions } from "../import/record/log-format.js";
import { readGuessed, type OptionsFor } from "../import/record/read-guessed.js";
import { readLog } from "../import/record/read-log.js";
import { parseTrustedProxies } from "../import/record/trusted-proxies.js";
import { fileProblem } from "./file-problem.js";
import { CommandFailure, EXIT } from "./run-command.js";

const MAPPED = ["json", "csv"] as const;

/** Every format that `import` takes, `auto` first. */
export const IMPORT_FORMATS = [...FORMAT_NAMES, ...MAPPED];

/** The options of `import` that say how records are read. */
export interface ReaderOptions {
  readonly keyFrom?: string;
  readonly trustedProxies?: string;
  readonly map?: string;
}

/** What `try` wants to know of a file before the rest of it is read. */
export interface Recognised {
  readonly onGuess: (file: string, guess: Guess) => void;
  /** What names the keys of a log that names none, by its format, and what might. */
  readonly onKeyFrom: (format: string, keyFrom: KeyFrom, maybe: KeyFrom | null) => void;
}

/** The reader of files of any format, which chooses by itself what names keys where nobody said it. @throws CommandFailure for wrong usage */
export function openGuessingReader(
  given: ReaderOptions,
  totals: ReadTotals,
  { onGuess, onKeyFrom }: Recognised,
): Reader {
  const options = parseOptions(given, totals);
  const chosen = new Map<string, KeyFrom | null>();
  const optionsFor: OptionsFor = async (format, begin) => {
    if (given.keyFrom !== undefined) return options;
    const before = chosen.get(format.name);
    if (before !== undefined) return { ...options, keyFrom: before };
    const { keyFrom, maybe } = await guessKeyFrom(format, begin, options);
    if (keyFrom !== null) onKeyFrom(format.name, keyFrom, maybe);
    chosen.set(format.name, keyFrom);
    return { ...options, keyFrom };
  };
  return (file, onRead) =>
    readGuessed(file, readText(file, onRead), optionsFor, options.note, (guess) => {
      totals.guesses.set(file, guess);
      onGuess(file, guess);
    });
}

/** The reader of texts in a format, which counts in `totals` what it made of records. @throws CommandFailure for wrong usage */
export async function openTextReader(name: string, given: ReaderOptions, totals: ReadTotals): Promise<TextReader> {
  if (hasOwnReader(name)) refuseOptions(name, given);
  const options = parseOptions(given, totals);
  const read = textReaderOf(name, options, (file, guess) => totals.guesses.set(file, guess));
  if (read === undefined) {
    const format = await openMapped(name, given.map);
    return (file, text) => readLog(format, options, file, text);
  }
  if (given.map !== undefined) throw usage("--map is for json and csv");
  return read;
}

function refuseOptions(name: string, given: ReaderOptions): void {
  const set = { "--key-from": given.keyFrom, "--trusted-proxies": given.trustedProxies, "--map": given.map };
  const useless = Object.entries(set).find(([, value]) => value !== undefined);
  if (useless === undefined) return;
  throw usage(`${useless[0]} is not for ${name}, whose records name their keys and addresses`);
}

async function openMapped(name: string, map: string | undefined): Promise<LogFormat> {
  const mapped = MAPPED.find((one) => one === name);
  if (mapped === undefined) throw usage(`unknown format "${name}": use one of ${IMPORT_FORMATS.join(", ")}`);
  if (map === undefined) throw usage(`${name} needs --map FILE: plimsoll map --suggest SAMPLE writes a first one`);
  const text = await readFile(map, "utf8").catch((error: unknown) => {
    throw usage(fileProblem(error));
  });
  const parsed = parseFieldMap(text);
  if ("problems" in parsed) throw usage(...parsed.problems);
  return mappedFormat(mapped, parsed.map);
}

function parseOptions(given: ReaderOptions, totals: ReadTotals): ParseOptions {
  const keyFrom = given.keyFrom === undefined ? null : parseKeyFrom(given.keyFrom);
  if (given.keyFrom !== undefined && keyFrom === null) throw usage("--key-from must be user, ip or header:<name>");
  if (keyFrom !== null) totals.keyFrom = meaningOf(keyFrom);
  const proxies = given.trustedProxies === undefined ? null : parseTrustedProxies(given.trustedProxies);
  if (proxies !== null && "bad" in proxies) {
    throw usage(`--trusted-proxies: "${proxies.bad}" is not a network: write 10.0.0.0/8,2001:db8::/32`);
  }
  const note: ParseOptions["note"] = (name) => totals.notes.set(name, (totals.notes.get(name) ?? 0) + 1);
  return { keyFrom, trustedProxies: proxies, note };
}

function usage(...sentences: readonly string[]): CommandFailure {
  return new CommandFailure(EXIT.usage, ...sentences);
}
