import type { KeyPlan } from "../model/plan-keys.js";
import { recordKeys } from "../pipeline/record-keys.js";
import { readKeysFile, showProblems } from "./read-keys-file.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

/** `plimsoll keys import <file>`: checks every entry, then writes what is new, or nothing when any is bad. */
export async function importKeys(file: string, options: { readonly json?: boolean }): Promise<ExitCode> {
  const config = openConfig();
  const { parsed, entries, problems } = await readKeysFile(file, Date.now(), config);
  if (problems.length > 0) return refuse(problems, options.json);
  const plan = await withStore(config, (store) => recordKeys(store, parsed));
  const clashes = plan.problems.map(({ index, problem }) => `${entries[index]?.at}: ${problem}`);
  if (clashes.length > 0) return refuse(clashes, options.json);
  printCounts(plan, options.json);
  return EXIT.ok;
}

function printCounts(plan: KeyPlan, json = false): void {
  const count = (change: string) => plan.changes.filter((one) => one === change).length;
  const counts = { new: count("new"), changed: count("changed"), unchanged: count("unchanged") };
  const sentence = `${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged`;
  process.stdout.write(`${json ? JSON.stringify({ ...counts, problems: [] }) : sentence}\n`);
}

function refuse(problems: readonly string[], json = false): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ new: 0, changed: 0, unchanged: 0, problems })}\n`);
  throw new CommandFailure(EXIT.badNews, "nothing was imported:", ...showProblems(problems));
}
