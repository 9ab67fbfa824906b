import type { KeyVersion } from "../model/key/key.js";
import type { ParsedKey } from "../model/key/parse-key.js";
import { planKeys, type KeyPlan } from "../model/key/plan-keys.js";
import { isUnregisteredName } from "../model/key/former-name.js";
import { joinHistories } from "../pipeline/registry/join-histories.js";
import { recordKeys } from "../pipeline/registry/record-keys.js";
import type { TrialReport } from "../pipeline/check/rules/trial/try-rules.js";
import { countUnrecorded } from "../pipeline/watch/count-unrecorded.js";
import type { Store } from "../store/store.js";
import { countText } from "../text/amounts.js";
import { MAX_SKEW_MS } from "../time/clock.js";
import { printTrial, runTrial, trialToJson } from "./keys-trial.js";
import { cliUser } from "./cli-user.js";
import { judgeKeyGuards } from "./judge-guards.js";
import { usePepper } from "./judge-pepper.js";
import { oneLine } from "./print-table.js";
import { readKeysFile, showProblems } from "./read-keys-file.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

/** Minute rows are kept for ten weeks, and rules on change look back over eight of them. */
const MOST_TRIAL_DAYS = 60;

const MOST_NAMED = 20;

interface ImportOptions {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly days: string;
}

/**
 * `plimsoll keys import <file>`: checks every entry, says what rules would have fired on that it switches on, then writes what is
 * new, or nothing when any entry is bad.
 */
export async function importKeys(file: string, options: ImportOptions): Promise<ExitCode> {
  const days = daysOf(options.days);
  const config = openConfig();
  const { parsed, entries, problems } = await readKeysFile(file, Date.now(), config);
  if (problems.length > 0) return refuse(problems, options.json);
  return withStore(config, async (store, now) => {
    // Entries without valid_from count from now, by this machine.
    const aheadMs = Date.now() - now;
    if (Math.abs(aheadMs) > MAX_SKEW_MS) {
      const found = `the clock of this machine is ${Math.round(aheadMs / 1000)} s ahead of ClickHouse's`;
      throw new CommandFailure(EXIT.badNews, `${found}: set it by NTP, or key versions take effect at the wrong time`);
    }
    if (options.dryRun !== true) await usePepper(store, config);
    const onFile = await store.registry.readKeyVersions("all");
    const plan = planKeys(await joinHistories(store, parsed), onFile);
    const clashes = plan.problems.map(({ index, problem }) => `${entries[index]?.at}: ${problem}`);
    if (clashes.length > 0) return refuse(clashes, options.json);
    const trial = await runTrial(store, plan.versions, onFile, now, days);
    if (options.json !== true) process.stdout.write(printTrial(trial) + (await waitingText(store, trial, now)));
    const unguarded = judgeKeyGuards(
      parsed.map(({ key }) => key),
      config,
      await otherKeys(store, parsed, now),
    ).map(({ check, found, fix }) => `${check}: ${found}: ${fix}`);
    if (options.json !== true) for (const one of unguarded) process.stderr.write(`warning: ${oneLine(one)}\n`);
    if (options.dryRun === true) return printCounts(plan, trial, unguarded, options);
    const written = await recordKeys(store, parsed, cliUser());
    const late = written.problems.map(({ index, problem }) => `${entries[index]?.at}: ${problem}`);
    return late.length > 0 ? refuse(late, options.json) : printCounts(written, trial, unguarded, options);
  });
}

/** What the registry holds beside the keys of the file, of which a rule for one of these could be about as well. */
async function otherKeys(store: Store, parsed: readonly ParsedKey[], now: number): Promise<readonly KeyVersion[]> {
  const given = new Set(parsed.map(({ key }) => key.keyId));
  const onFile = [...(await store.registry.readKeys(now, now)).values()];
  return onFile.filter(({ keyId, guard, revokedAt }) => guard !== "" && revokedAt === null && !given.has(keyId));
}

/** Where events that were acknowledged wait to be recorded, that the trial knows nothing of them; else "". */
async function waitingText(store: Store, { trials }: TrialReport, now: number): Promise<string> {
  if (trials.length === 0) return "";
  const waiting = await countUnrecorded(store, now);
  if (waiting === 0) return "";
  return `${countText(waiting)} acknowledged events are not recorded yet, and were not tried: repeat this in a minute, with --dry-run once it is imported\n`;
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_TRIAL_DAYS) return days;
  throw new CommandFailure(EXIT.usage, `--days must be a whole number from 1 to ${MOST_TRIAL_DAYS}`);
}

function printCounts(
  plan: KeyPlan,
  trial: TrialReport,
  warnings: readonly string[],
  { json, dryRun }: ImportOptions,
): ExitCode {
  const count = (change: string) => plan.changes.filter((one) => one === change).length;
  const counts = { new: count("new"), changed: count("changed"), unchanged: count("unchanged") };
  const sentence = `${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged`;
  const joined = plan.versions.filter(({ replaces }) => isUnregisteredName(replaces));
  const histories = joined.map(({ keyId, replaces }) => ({ key_id: keyId, seen_as: replaces }));
  const tried = trial.trials.length === 0 ? {} : { trial: trialToJson(trial) };
  const written = dryRun === true ? { written: false } : {};
  const warned = warnings.length === 0 ? {} : { warnings };
  const said =
    json === true ? JSON.stringify({ ...counts, problems: [], ...warned, histories, ...tried, ...written }) : sentence;
  if (json !== true) {
    for (const { key_id: keyId, seen_as: former } of histories.slice(0, MOST_NAMED)) {
      process.stdout.write(`${oneLine(keyId)} was used before under the id ${former}, and keeps that history\n`);
    }
  }
  process.stdout.write(`${said}${dryRun === true && json !== true ? "; nothing was written" : ""}\n`);
  return EXIT.ok;
}

function refuse(problems: readonly string[], json = false): ExitCode {
  if (json) process.stdout.write(`${JSON.stringify({ new: 0, changed: 0, unchanged: 0, problems })}\n`);
  throw new CommandFailure(EXIT.badNews, "nothing was imported:", ...showProblems(problems));
}
