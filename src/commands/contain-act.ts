import type { Config } from "../config.js";
import { statedBudget } from "../detect/alarm-budget.js";
import { CONTAINED_HOURS, parseContainedHours, type ContainmentAction } from "../model/incident/containment.js";
import type { ContainDeps } from "../pipeline/contain/contain-deps.js";
import { containKey, undoContainments, type ContainOutcome } from "../pipeline/contain/contain-key.js";
import type { ContainmentWish } from "../pipeline/contain/order-of-wish.js";
import { prepareContainment } from "../pipeline/contain/prepare-containment.js";
import { reviewAutomatic, reviewSentences } from "../pipeline/contain/review-automatic.js";
import { readContainmentBudget } from "../pipeline/learn/read-budget.js";
import type { Store } from "../store/store.js";
import { HOUR_MS } from "../time/day.js";
import { depsOf } from "./incidents-act.js";
import { findIncident } from "./incidents-find.js";
import { networksOf, personOf, reasonedPersonOf, type ActOptions } from "./person-options.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

/** Guards keep a limit as a number of requests. */
const MOST_LIMIT = 1_000_000_000;

interface ContainOptions extends ActOptions {
  readonly action?: ContainmentAction;
  readonly undo?: boolean;
  readonly network?: readonly string[];
  readonly limit?: string;
  readonly hours: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly review?: boolean;
}

/** `plimsoll contain <incident>`. */
export async function contain(name: string | undefined, options: ContainOptions): Promise<ExitCode> {
  if (options.review === true) {
    if (name !== undefined)
      throw new CommandFailure(EXIT.usage, "--review is of all incidents: leave out the incident");
    return review();
  }
  if (name === undefined) throw new CommandFailure(EXIT.usage, "missing argument 'incident', or --review");
  const { action, undo = false, dryRun = false } = options;
  const asks = (action !== undefined || undo) && !dryRun;
  const person = asks ? reasonedPersonOf(options, null) : personOf(options, null);
  const wished = wishOf(options);
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const deps = containDepsOf(config, store);
    const known = await findIncident(store, name);
    const { incidentId } = known.incident;
    if (undo && !dryRun) return tell(await undoContainments(deps, incidentId, action ?? null, person, now));
    const wish: ContainmentWish | null = wished === null || undo ? null : { ...wished, until: now + wished.until };
    const prepared = await prepareContainment(deps, known, wish, person, now);
    for (const sentence of prepared.sentences) print(sentence);
    for (const one of [...prepared.inForce, ...prepared.ending]) print(one);
    if (wish === null) return prepared.problem === null ? EXIT.ok : tell({ problem: prepared.problem });
    if (prepared.step === null) return tell({ problem: prepared.problem ?? "nothing to do" });
    if (dryRun) {
      for (const request of prepared.requests) print(`\n${request}`);
      print("\nnothing was asked or recorded: leave out --dry-run to ask it");
      return EXIT.ok;
    }
    if (prepared.hitsOwner && options.yes !== true)
      throw new CommandFailure(EXIT.usage, "this also hits the owner of the key: to do it all the same, add --yes");
    return tell(await containKey(deps, incidentId, wish, person, now));
  });
}

/** `plimsoll contain --review`. */
async function review(): Promise<ExitCode> {
  const config = openConfig();
  return withStore(config, async (store, now) => {
    const falsePerYear = config.PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR;
    const budget = await readContainmentBudget(store, falsePerYear, statedBudget(config), now);
    const counted = await reviewAutomatic(store, now);
    for (const text of reviewSentences(counted, budget, config.PLIMSOLL_CONTAIN_AUTOMATICALLY)) print(text);
    return EXIT.ok;
  });
}

/** What the options wish for, `until` as a span; null without an action. @throws CommandFailure naming the option that is wrong */
function wishOf({ action, undo, network, limit, hours }: ContainOptions): ContainmentWish | null {
  const lasts = parseContainedHours(hours);
  if (lasts === null) throw new CommandFailure(EXIT.usage, `--hours must be ${CONTAINED_HOURS}`);
  const networks = networksOf(network);
  if (networks !== null && (undo === true || action !== "deny_networks"))
    throw new CommandFailure(EXIT.usage, "--network goes with --action deny_networks only");
  if (limit !== undefined && (undo === true || action !== "throttle"))
    throw new CommandFailure(EXIT.usage, "--limit goes with --action throttle only");
  if (limit !== undefined && (!/^\d{1,10}$/.test(limit) || Number(limit) < 1 || Number(limit) > MOST_LIMIT))
    throw new CommandFailure(
      EXIT.usage,
      "--limit must be a whole number of requests per minute, 1 or more; to refuse all, freeze it",
    );
  if (action === undefined) return null;
  return { action, networks, limitPerMinute: limit === undefined ? null : Number(limit), until: lasts * HOUR_MS };
}

function containDepsOf(config: Config, store: Store): ContainDeps {
  const isTwoWay = config.PAGERDUTY_WEBHOOK_SECRET.length > 0;
  return { ...depsOf(config, store), isTwoWay, guardOf: (name) => config.PLIMSOLL_GUARDS.get(name) };
}

function tell(outcome: ContainOutcome): ExitCode {
  if ("problem" in outcome) {
    process.stderr.write(`${outcome.problem}\n`);
    return EXIT.badNews;
  }
  for (const text of outcome.done) print(`done: ${text}`);
  return EXIT.ok;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
