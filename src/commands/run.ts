import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../app.js";
import { readConfig } from "../config.js";
import { openLog } from "../log.js";
import { MAX_SKEW_MS } from "../time/clock.js";
import type { JobDefinition } from "../queue/define-job.js";
import { explained } from "./run-command.js";

/** `plimsoll run <job>`: one scheduled job once, for cron and for hand, without BullMQ. */
export function runCommand(jobs: readonly JobDefinition[]): Command {
  const scheduled = jobs.filter((job) => job.schedule !== undefined);
  const names = scheduled.map((job) => job.name);
  return new Command("run")
    .summary("run one job once, now or as of an instant")
    .description(`Runs one job once and prints what it did as JSON. Jobs: ${names.join(", ")}.`)
    .argument("<job>", "which job", (name: string) => {
      if (!names.includes(name))
        throw new InvalidArgumentError(`there is no job "${name}": it is one of ${names.join(", ")}`);
      return name;
    })
    .option("--at <T>", "act as of this instant (RFC 3339) instead of now", parseAt)
    .action(async (name: string, options: { at?: number }, command: Command) => {
      const config = readConfig(process.env);
      const app = openApp(config, openLog(config.PLIMSOLL_LOG_LEVEL), jobs);
      try {
        const clock = await app.store.readClock().catch((error: unknown) => {
          throw explained(error);
        });
        const now = options.at ?? clock;
        if (now > clock + MAX_SKEW_MS) command.error("error: --at lies ahead of ClickHouse's clock", { exitCode: 2 });
        const job = scheduled.find((candidate) => candidate.name === name);
        const run = { now, signal: undefined };
        const report = job?.byHand === undefined ? await job?.run(app, {}, run) : await job.byHand(app, run);
        console.log(JSON.stringify(report));
      } finally {
        await app.close();
      }
    });
}

function parseAt(text: string): number {
  const at = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(at)) {
    throw new InvalidArgumentError("it is an instant like 2026-03-08T02:11:00Z");
  }
  return at;
}
