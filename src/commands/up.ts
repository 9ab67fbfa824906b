import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { openApp } from "../app.js";
import { readConfig, type Config } from "../config.js";
import { startClickHouse } from "../local/services/embedded-clickhouse.js";
import { startRedis } from "../local/services/embedded-redis.js";
import { freePort, isPortTaken } from "../local/services/free-port.js";
import { storedPassword } from "../local/services/stored-password.js";
import { openLog } from "../log.js";
import type { App } from "../app.js";
import type { JobDefinition } from "../queue/define-job.js";
import { openDataDir, USUAL_DATA_DIR, writeSettings } from "./data-dir.js";
import { NEW_PEPPER, usePepper } from "./judge-pepper.js";
import { bringUpToDate } from "./migrate.js";
import { startServe } from "./serve.js";
import { checkStart, listenProblem, refuseSettings } from "./start-problems.js";
import { EXIT } from "./run-command.js";
import { untilStopped } from "./until-stopped.js";
import { welcome } from "./welcome.js";
import { startWork } from "./work.js";

type Environment = Record<string, string | undefined>;

/** `plimsoll up`: everything on one machine, with data that stays. */
export function upCommand(jobs: readonly JobDefinition<App>[]): Command {
  return new Command("up")
    .summary("everything on one machine, with data that stays")
    .description(
      "Starts ClickHouse and Redis with their data in DIR, then runs migrate, serve and work until it is stopped.\n" +
        "For a trial and for small fleets. If CLICKHOUSE_URL or REDIS_URL is set, it is used instead of a local one.\n" +
        "Writes DIR/env, so that other commands can reach it: they read ./.plimsoll/env, or the DIR given with --data.",
    )
    .option("--data <DIR>", "where the data, tokens and passwords are kept", USUAL_DATA_DIR)
    .option(...NEW_PEPPER)
    .action(async (options: { data: string; newPepper?: boolean }) => {
      const dir = resolve(options.data);
      const given = await settings(dir, process.env);
      const wanted = readConfig(given);
      const clickhouse = isSet(given, "CLICKHOUSE_URL")
        ? null
        : await startClickHouse({ dataDir: join(dir, "clickhouse") });
      const redis = isSet(given, "REDIS_URL")
        ? null
        : await startRedis({
            dataDir: join(dir, "redis"),
            durable: wanted.PLIMSOLL_DURABLE === "memory" ? "memory" : "disk",
          });
      const env = {
        ...given,
        ...(clickhouse === null ? {} : { CLICKHOUSE_URL: clickhouse.url }),
        ...(redis === null ? {} : { REDIS_URL: redis.url }),
      };
      const config = readConfig(env);
      await bringUpToDate(config);
      const log = openLog(config.PLIMSOLL_LOG_LEVEL);
      await checkStart(config, log, "up");
      const app = openApp(config, log, jobs, env);
      await usePepper(app.store, config, options.newPepper);
      const server = await startServe(app);
      const work = startWork(app, jobs);
      writeSettings(dir, { ...env, PLIMSOLL_URL: localUrl(config) });
      console.log(welcome(localUrl(config), dir, config, await app.store.ingest.readLastObserved()));
      const lost = await Promise.race([untilStopped(), endedOf("ClickHouse", clickhouse), endedOf("Redis", redis)]);
      if (typeof lost === "string") giveUp(lost);
      console.log("Stopping.");
      await server.close();
      await work.close();
      await app.close();
      await redis?.stop();
      await clickhouse?.stop();
      console.log(`Plimsoll is stopped; its data stays in ${dir}.`);
    });
}

/** Which server that was started here ended by itself, and how; never of one that was not. */
async function endedOf(name: string, server: { readonly ended: Promise<string> } | null): Promise<string> {
  return server === null ? new Promise(() => undefined) : `${name} ended (${await server.ended})`;
}

/** Without its servers nothing goes on, and whoever started `up` has to know. The others end with this process; what was answered 202 is on disk. */
function giveUp(lost: string): never {
  process.stderr.write(
    `error: ${lost}, so everything stops: start plimsoll up again. No acknowledged event is lost.\n`,
  );
  process.exit(EXIT.unreachable);
}

const isSet = (env: Environment, name: string) => [name, `${name}_FILE`].some((one) => (env[one] ?? "") !== "");

/**
 * The environment with what it leaves to `up`: tokens and pepper, made once and kept in DIR for its owner alone, a port that is free, and the
 * address at which the pages open. Paths are absolute, as other commands will have other working directories.
 * @throws ConfigError, CommandFailure when the environment cannot be used or the port is taken
 */
async function settings(dir: string, env: Environment): Promise<Environment> {
  // Everything that can be wrong with it is, before anything is left on disk and minutes are spent on starting servers.
  const checked = readConfig(env);
  refuseSettings(checked);
  const { PLIMSOLL_HTTP_HOST: host, PLIMSOLL_HTTP_PORT: wanted } = checked;
  const port = wanted === 0 ? await freePort() : wanted;
  if (await isPortTaken(port)) throw listenProblem({ code: "EADDRINUSE" }, { ...checked, PLIMSOLL_HTTP_PORT: port });
  openDataDir(dir);
  const files = {
    PLIMSOLL_INGEST_TOKENS: ["local=", "ingest.token"],
    PLIMSOLL_READ_TOKENS: ["local=", "read.token"],
    PLIMSOLL_ADMIN_TOKENS: ["local=", "admin.token"],
    PLIMSOLL_KEY_PEPPER: ["", "key.pepper"],
  } as const;
  const missing = Object.entries(files).filter(([name]) => !isSet(env, name));
  const made = missing.map(([name, [prefix, file]]) => [name, prefix + storedPassword(join(dir, file))]);
  const paths = Object.entries(env).flatMap(([name, path]) =>
    /^(PLIMSOLL|PAGERDUTY|CLICKHOUSE|REDIS)_\w+_FILE$/.test(name) && path !== undefined && path !== ""
      ? [[name, resolve(path)]]
      : [],
  );
  // Who listens for everybody is reached by name.
  const name = ["0.0.0.0", "::"].includes(host) ? hostname() : host;
  const ownUrl = isSet(env, "PLIMSOLL_BASE_URL") ? {} : { PLIMSOLL_BASE_URL: urlOf(name, port) };
  return { ...env, ...Object.fromEntries([...made, ...paths]), ...ownUrl, PLIMSOLL_HTTP_PORT: String(port) };
}

/** Where this machine reaches what was started. */
function localUrl({ PLIMSOLL_HTTP_HOST: host, PLIMSOLL_HTTP_PORT: port }: Config): string {
  return urlOf(host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host, port);
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
