import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import type { Config } from "../config.js";
import { readKeyEntries, type KeyFileEntry } from "../import/read-key-entries.js";
import { identifyWith, type IdentifyKey } from "../model/identify-key.js";
import { pepperOf } from "../model/key-fingerprint.js";
import { parseKey, type ParsedKey } from "../model/parse-key.js";
import type { KeyPlan } from "../model/plan-keys.js";
import { recordKeys } from "../pipeline/record-keys.js";
import { oneLine } from "./print-table.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

/** More would push the first, which usually explains the rest, off the screen. */
const MAX_SHOWN = 50;

/** `plimsoll keys import <file>`: checks every entry, then writes what is new, or nothing when any is bad. */
export async function importKeys(file: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const config = openConfig();
  const entries = readKeyEntries(await readText(file));
  if ("problems" in entries) return refuse(entries.problems, options.json);
  if (entries.length === 0) return refuse(["there is no entry in it"], options.json);
  const { parsed, problems } = parseAll(entries, Date.now(), identifier(config));
  if (problems.length > 0) return refuse(problems, options.json);
  const plan = await withStore(config, (store) => recordKeys(store, parsed));
  const clashes = plan.problems.map(({ index, problem }) => `${entries[index]?.at}: ${problem}`);
  if (clashes.length > 0) return refuse(clashes, options.json);
  printCounts(plan, options.json);
  return EXIT.ok;
}

async function readText(file: string): Promise<string> {
  try {
    return file === "-" ? await readStream(process.stdin) : await readFile(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new CommandFailure(EXIT.usage, `${oneLine(file)} cannot be read: ${code}`);
  }
}

function identifier(config: Config): IdentifyKey | undefined {
  const { PLIMSOLL_KEY_PEPPER: pepper, PLIMSOLL_KEY_PEPPER_PREVIOUS: previous } = config;
  if (pepper === undefined) return undefined;
  return identifyWith([pepper, ...(previous === undefined ? [] : [previous])].map((one) => pepperOf(one.reveal())));
}

function parseAll(entries: readonly KeyFileEntry[], now: number, identify: IdentifyKey | undefined) {
  const parsed: ParsedKey[] = [];
  const problems: string[] = [];
  for (const { at, entry } of entries) {
    const result = parseKey(entry, now, identify);
    if ("key" in result) parsed.push(result);
    else problems.push(...result.problems.map((problem) => `${at}: ${problem}`));
  }
  return { parsed, problems };
}

function printCounts(plan: KeyPlan, json = false): void {
  const count = (change: string) => plan.changes.filter((one) => one === change).length;
  const counts = { new: count("new"), changed: count("changed"), unchanged: count("unchanged") };
  const sentence = `${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged`;
  process.stdout.write(`${json ? JSON.stringify({ ...counts, problems: [] }) : sentence}\n`);
}

function refuse(problems: readonly string[], json = false): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ new: 0, changed: 0, unchanged: 0, problems })}\n`);
  const more = problems.length > MAX_SHOWN ? [`and ${problems.length - MAX_SHOWN} more`] : [];
  throw new CommandFailure(
    EXIT.badNews,
    "nothing was imported:",
    ...[...problems.slice(0, MAX_SHOWN), ...more].map((problem) => `  ${oneLine(problem)}`),
  );
}
