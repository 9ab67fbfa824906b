import { Command, InvalidArgumentError } from "commander";
import { openApp, type App } from "../app.js";
import { readConfig } from "../config.js";
import { openLog } from "../log.js";
import { judgeHistory } from "../pipeline/check/judge-history.js";
import { MAX_SKEW_MS } from "../time/clock.js";
import { DAY_MS } from "../time/day.js";
import type { JobDefinition } from "../queue/define-job.js";
import { openProgress } from "./open-progress.js";
import { instant } from "./instant-option.js";
import { explained } from "./run-command.js";
import { untilRecorded } from "./unrecorded.js";

/** `plimsoll run <job>`: one scheduled job once, for cron and for hand, without BullMQ. */
export function runCommand(jobs: readonly JobDefinition<App>[]): Command {
  const scheduled = jobs.filter((job) => job.schedule !== undefined);
  const names = scheduled.map((job) => job.name);
  return new Command("run")
    .summary("run one job once, now or as of an instant")
    .description(`Runs one job once and prints what it did as JSON. Jobs: ${names.join(", ")}.`)
    .argument("<job>", "which job", (name: string) => {
      if (!names.includes(name))
        throw new InvalidArgumentError(`unknown job "${name}": use one of ${names.join(", ")}`);
      return name;
    })
    .option("--at <T>", "run as of this instant (RFC 3339), or the start of a day, instead of now", instant)
    .option("--from <T>", "check-keys only: judge minutes that were loaded later, from this instant or day on", instant)
    .option("--to <T>", "check-keys only: up to this instant or day; without it, up to where live checks are", instant)
    .option("--page", "with --from: findings may page on-call; without it they are notices only")
    .addHelpText("after", HELP)
    .action(async (name: string, options: RunOptions, command: Command) => {
      const problem = problemOf(name, options);
      if (problem !== null) command.error(`error: ${problem}`, { exitCode: 2 });
      const config = readConfig(process.env);
      const job = scheduled.find((candidate) => candidate.name === name);
      // What a check that is due reads is waited for by itself.
      if (job?.readsHistory === true && (name !== "check-keys" || options.from !== undefined))
        await untilRecorded(config);
      const app = openApp(config, openLog(config.PLIMSOLL_LOG_LEVEL), jobs);
      try {
        const clock = await app.store.readClock().catch((error: unknown) => {
          throw explained(error);
        });
        const now = options.at ?? clock;
        if (now > clock + MAX_SKEW_MS) command.error("error: --at is ahead of ClickHouse's clock", { exitCode: 2 });
        const run = { now, signal: undefined };
        if (options.from !== undefined) {
          console.log(JSON.stringify(await judgeSpan(app, options.from, options, now, command)));
          return;
        }
        const report = job?.byHand === undefined ? await job?.run(app, {}, run) : await job.byHand(app, run);
        console.log(JSON.stringify(report));
      } finally {
        await app.close();
      }
    });
}

interface RunOptions {
  readonly at?: number;
  readonly from?: number;
  readonly to?: number;
  readonly page?: boolean;
}

const HELP = `
History: after an import, learn baselines, then judge the imported days, oldest first, while live checks continue:
  plimsoll run learn-baselines
  plimsoll run check-keys --from 2026-03-01 --to 2026-03-08
Both wait until what was acknowledged before is recorded, as do audit-idle and audit-scopes; where nothing of it is for a minute they end with 1.
Judging a span again finds the same and opens no incident twice. Prints minutes, findings, and days without a baseline.`;

function problemOf(name: string, { from, to, at, page }: RunOptions): string | null {
  if (from === undefined) return to !== undefined || page === true ? "--to and --page need --from" : null;
  if (name !== "check-keys") return "--from is an option of check-keys only";
  if (at !== undefined) return "--at and --from cannot be given together";
  return to !== undefined && to <= from ? "--from must be before --to" : null;
}

async function judgeSpan(
  { checkDeps, config }: App,
  from: number,
  { to = Infinity, page = false }: RunOptions,
  now: number,
  command: Command,
) {
  const days = config.PLIMSOLL_MINUTE_DAYS;
  if (from < now - days * DAY_MS) {
    const told = `error: --from is more than ${days} days back, and minutes are not kept that long (PLIMSOLL_MINUTE_DAYS): try plimsoll backtest`;
    command.error(told, { exitCode: 2 });
  }
  const progress = openProgress("judging", Math.min(to, now) - from);
  try {
    const onTick = (tick: number) => progress.at(tick - from);
    return await judgeHistory(checkDeps, { from, to, mayPage: page, onTick }, now);
  } finally {
    progress.end();
  }
}
