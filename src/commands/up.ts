import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { openApp } from "../app.js";
import { readConfig, type Config } from "../config.js";
import { startClickHouse } from "../local/embedded-clickhouse.js";
import { startRedis } from "../local/embedded-redis.js";
import { storedPassword } from "../local/stored-password.js";
import { openLog } from "../log.js";
import { signInLink } from "../model/sign-in-link.js";
import type { JobDefinition } from "../queue/define-job.js";
import { bringUpToDate } from "./migrate.js";
import { startServe } from "./serve.js";
import { untilStopped } from "./until-stopped.js";
import { startWork } from "./work.js";

/** `plimsoll up`: everything on one machine, real and lasting. */
export function upCommand(jobs: readonly JobDefinition[]): Command {
  return new Command("up")
    .summary("everything on one machine, real and lasting")
    .description(
      "Starts ClickHouse and Redis with their data in DIR, migrates, serves and works, until it is stopped.\n" +
        "For a trial and for small fleets. CLICKHOUSE_URL and REDIS_URL, where set, are used instead of local ones.",
    )
    .option("--data <DIR>", "where the data, tokens and passwords are kept", ".plimsoll")
    .action(async (options: { data: string }) => {
      const dir = resolve(options.data);
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      const clickhouse =
        process.env["CLICKHOUSE_URL"] === undefined
          ? await startClickHouse({ dataDir: join(dir, "clickhouse") })
          : null;
      const redis = process.env["REDIS_URL"] === undefined ? await startRedis({ dataDir: join(dir, "redis") }) : null;
      const config = readConfig({
        ...localSecrets(dir),
        ...process.env,
        ...(clickhouse === null ? {} : { CLICKHOUSE_URL: clickhouse.url }),
        ...(redis === null ? {} : { REDIS_URL: redis.url }),
      });
      await bringUpToDate(config);
      const app = openApp(config, openLog(config.PLIMSOLL_LOG_LEVEL), jobs);
      const server = await startServe(app);
      const work = startWork(app, jobs);
      console.log(welcome(server.url, dir, config));
      await untilStopped();
      await server.close();
      await work.close();
      await app.close();
      await redis?.stop();
      await clickhouse?.stop();
    });
}

/** Tokens and pepper that were not given are made once and kept in DIR, readable by their owner only. */
function localSecrets(dir: string): Record<string, string> {
  const files = {
    PLIMSOLL_INGEST_TOKENS: ["local=", "ingest.token"],
    PLIMSOLL_READ_TOKENS: ["local=", "read.token"],
    PLIMSOLL_ADMIN_TOKENS: ["local=", "admin.token"],
    PLIMSOLL_KEY_PEPPER: ["", "key.pepper"],
  } as const;
  const missing = Object.entries(files).filter(([name]) => (process.env[`${name}_FILE`] ?? "") === "");
  return Object.fromEntries(missing.map(([name, [prefix, file]]) => [name, prefix + storedPassword(join(dir, file))]));
}

function welcome(url: string, dir: string, config: Config): string {
  return [
    `Plimsoll is up at ${url}; its data is in ${dir}.`,
    ...howToSignIn(url, dir, config),
    "Send a first event:",
    `  curl -i ${url}/v1/events -H "Authorization: Bearer $(cat ${join(dir, "ingest.token")})" -H 'Content-Type: application/json' \\`,
    `    -d '{"ts":"'$(date -u +%FT%TZ)'","key_id":"my-first-key","source_ip":"203.0.113.7"}'`,
    ...(config.PAGERDUTY_ROUTING_KEY !== undefined
      ? []
      : ["PAGERDUTY_ROUTING_KEY is not set: pages wait in the outbox until it is."]),
    "Ctrl-C stops it; the data stays.",
  ].join("\n");
}

/** By link for who sits at the terminal; where what we print may be kept in a log, by the file that the token is in. */
function howToSignIn(url: string, dir: string, config: Config): string[] {
  const file = join(dir, "admin.token");
  const own = config.PLIMSOLL_ADMIN_TOKENS.find(({ token }) => token.reveal() === storedPassword(file));
  if (own === undefined) return [];
  if (!process.stdout.isTTY) return [`The pages open with the token in ${file}.`];
  return ["This link opens the pages:", `  ${signInLink(url, own.token.reveal())}`];
}
