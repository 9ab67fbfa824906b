import type { Config } from "../config.js";
import type { Log } from "../log.js";
import type { ProblemKind } from "../store/problem/dependency-problem.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import { withinDeadline } from "../flow/deadline.js";
import { checkPlaces } from "../store/clickhouse/shard-places.js";
import { missingMigrations } from "../store/clickhouse/migrate.js";
import { openStore } from "../store/store.js";
import { fixOf } from "./data-dir.js";
import { ANSWER_MS, fail, problemOf, type Diagnosis } from "./diagnosis.js";
import { readRedisPersistence } from "../store/redis/redis-persistence.js";
import { durabilityOf, judgePersistence, judgeReplicas } from "./judge-redis.js";
import { judgeMigrations, judgeSettings } from "./doctor-judgements.js";
import { CommandFailure, EXIT, type ExitCode } from "./run-command.js";

/** What is started. */
export type Part = "serve" | "work" | "up";

/** What stands against a start: with an exit code it does not take place, without one it does and says so in the log. */
interface StartProblem {
  readonly diagnosis: Diagnosis;
  readonly exitCode: ExitCode | null;
}

/** A store that is only away comes back by itself: whoever can wait for it does. */
const AWAY: ReadonlySet<ProblemKind> = new Set(["refused", "unknown_host", "timeout"]);
const WAITS_FOR: Readonly<Record<Part, readonly string[]>> = {
  // It tells keys by the registry, which it reads first.
  serve: ["Redis"],
  work: ["Redis", "ClickHouse"],
  up: [],
};

/**
 * Looks at settings and stores as `doctor` does, before anything is started, and logs what is missing, with its fix.
 * @throws CommandFailure with everything that keeps the part from starting: 2 for settings, 3 for stores
 */
export async function checkStart(config: Config, log: Log, part: Part): Promise<void> {
  refuseSettings(config);
  const found = (await Promise.all([askClickHouse(config, part), askRedis(config, part)])).flat();
  refuse(found);
  const missing = judgeSettings(config).filter(({ state }) => state === "warn");
  for (const { state, check, found: what, fix } of [...missing, ...found.map(({ diagnosis }) => diagnosis)])
    log[state === "fail" ? "error" : "warn"]({ fix }, `${check}: ${what}`);
}

/** What can be said of the settings alone. @throws CommandFailure with every problem that keeps Plimsoll from starting */
export function refuseSettings(config: Config): void {
  const failed = judgeSettings(config).filter(({ state }) => state === "fail");
  refuse(failed.map((diagnosis) => ({ diagnosis, exitCode: EXIT.usage })));
}

function refuse(problems: readonly StartProblem[]): void {
  const standing = problems.filter(({ exitCode }) => exitCode !== null);
  if (standing.length === 0) return;
  const isStore = standing.some(({ exitCode }) => exitCode === EXIT.unreachable);
  const lines = standing.map(({ diagnosis: { check, found, fix } }) => `${check}: ${found}\n  to fix it: ${fix ?? ""}`);
  throw new CommandFailure(isStore ? EXIT.unreachable : EXIT.usage, ...lines);
}

async function askClickHouse(config: Config, part: Part): Promise<readonly StartProblem[]> {
  const store = openStore(config.CLICKHOUSE_URL);
  try {
    return await withinDeadline(ANSWER_MS, async () => {
      await checkPlaces(store.client, store.shards);
      const migrations = judgeMigrations(await missingMigrations(store.client, store.shards));
      return migrations.state === "fail" ? [{ diagnosis: migrations, exitCode: EXIT.unreachable }] : [];
    });
  } catch (error) {
    return [storeProblem("ClickHouse", error, part)];
  } finally {
    await store.close();
  }
}

async function askRedis(config: Config, part: Part): Promise<readonly StartProblem[]> {
  try {
    const redis = await connectRedisOnce(config.REDIS_URL, ANSWER_MS);
    const persistence = await readRedisPersistence(redis);
    redis.disconnect();
    const wish = durabilityOf(config);
    const judged = [judgePersistence(persistence, wish.durable), ...judgeReplicas(persistence, wish)];
    return judged.filter(({ state }) => state !== "ok").map((diagnosis) => ({ diagnosis, exitCode: null }));
  } catch (error) {
    return [storeProblem("Redis", error, part)];
  }
}

function storeProblem(service: "ClickHouse" | "Redis", error: unknown, part: Part): StartProblem {
  const problem = problemOf(service, error);
  if (problem === undefined) throw error;
  const isWaitedFor = AWAY.has(problem.kind) && WAITS_FOR[part].includes(service);
  const diagnosis = fail(service, problem.found, fixOf(problem));
  return { diagnosis, exitCode: isWaitedFor ? null : EXIT.unreachable };
}

/** Why `serve` cannot listen, as a sentence that names the variable; any other error as it is. */
export function listenProblem(error: unknown, { PLIMSOLL_HTTP_HOST: host, PLIMSOLL_HTTP_PORT: port }: Config): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  const reason = LISTEN_PROBLEMS[code];
  if (reason === undefined) return error;
  return new CommandFailure(EXIT.usage, `${reason[0]} (${host}:${port}, ${code})`, `  to fix it: ${reason[1]}`);
}

/** What is found, and what to do, by the system's code. */
const LISTEN_PROBLEMS: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  EADDRINUSE: [
    "the port is in use",
    "stop the process that listens there (another `plimsoll serve` or `up`?), or set PLIMSOLL_HTTP_PORT to another port",
  ],
  EACCES: ["this user is not allowed to listen on that port", "set PLIMSOLL_HTTP_PORT to 1024 or higher"],
  EADDRNOTAVAIL: [
    "this machine does not have that address",
    "set PLIMSOLL_HTTP_HOST to one of its addresses, or 0.0.0.0",
  ],
  ENOTFOUND: ["there is no such host", "set PLIMSOLL_HTTP_HOST to an address of this machine, or 0.0.0.0"],
};
