import { durabilityOf, judgeRedisSettings } from "./judge-redis.js";
import { readRedisPersistence } from "../store/redis/redis-persistence.js";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { REDIS_PREFIX } from "../app.js";
import type { Config } from "../config.js";
import type { JobSettings } from "../queue/define-job.js";
import { judgeSchedule } from "../queue/judge-schedule.js";
import { readSchedule } from "../queue/read-schedule.js";
import { openClickHouse, type ClickHouseClient } from "../store/clickhouse/clickhouse-client.js";
import { readRedisClock } from "../store/redis/redis.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import { withinDeadline } from "../flow/deadline.js";
import { missingMigrations } from "../store/clickhouse/migrate.js";
import { openStore } from "../store/store.js";
import { ANSWER_MS, diagnose, fail, ok, type Diagnosis } from "./diagnosis.js";
import * as judge from "./doctor-judgements.js";
import { examineOnFile, type AskOnFile } from "./doctor-on-file.js";
import { examineShards } from "./doctor-shards.js";
import { examineFile } from "./examine-file.js";
import { judgeSchedules, type JobSchedule } from "./judge-schedules.js";
import { pepperUnderWay } from "./pepper-progress.js";

type Found = {
  readonly diagnoses: readonly Diagnosis[];
  readonly clocks?: readonly judge.ClockReading[];
  readonly schedules?: readonly JobSchedule[];
};

/** Asks everything that there is to ask, both services at once. */
export async function examine(config: Config, jobs: readonly JobSettings[]): Promise<readonly Diagnosis[]> {
  const found = await Promise.all([examineClickHouse(config, pepperUnderWay(config)), examineRedis(config, jobs)]);
  const answered = found.every(({ diagnoses }) => diagnoses.every(({ state }) => state !== "fail"));
  const file = answered ? await examineFile(config) : null;
  const schedules = found.flatMap((one) => one.schedules ?? []);
  const judged = schedules.length === 0 ? [] : [judgeSchedules(schedules, nowOf(found), file?.hasChecked ?? false)];
  const clocks = judge.judgeClocks(clocksOf(found));
  const ofServices = found.flatMap(({ diagnoses }) => diagnoses);
  return [...judge.judgeSettings(config), ...ofServices, ...judged, clocks, ...(file?.diagnoses ?? [])];
}

async function examineClickHouse(config: Config, pepper: string | null): Promise<Found> {
  const url = config.CLICKHOUSE_URL;
  // Without the database: its absence is a finding of its own, and must not hide version and clock.
  const server = openClickHouse(url, "server");
  const client = openClickHouse(url);
  const store = openStore(url);
  let clock: judge.ClockReading | undefined;
  let nowThere = Date.now();
  try {
    const diagnoses = await diagnose("ClickHouse", "ClickHouse", async () => {
      const askedAt = Date.now();
      const hello = await askHello(server);
      if (hello === undefined) {
        const fix = "correct host and port in CLICKHOUSE_URL: ClickHouse's HTTP port is 8123";
        return fail("ClickHouse", "what answers there is not ClickHouse", fix);
      }
      clock = judge.readAgainst("ClickHouse", hello.now_ms, askedAt);
      nowThere = hello.now_ms;
      return [ok("ClickHouse", "answers"), judge.judgeVersion("ClickHouse", hello.version)];
    });
    if (clock === undefined) return { diagnoses };
    const migrations = await diagnose("migrations", "ClickHouse", async () =>
      judge.judgeMigrations(await withinDeadline(ANSWER_MS, () => missingMigrations(client, store.shards))),
    );
    const shards = await examineShards(config, store);
    const isMigrated = migrations.every(({ state }) => state === "ok");
    const ask: AskOnFile = async (name, question, judged) =>
      isMigrated
        ? diagnose(name, "ClickHouse", async () => judged(await withinDeadline(ANSWER_MS, question)))
        : ([] as readonly Diagnosis[]);
    const onFile = (await Promise.all(examineOnFile(ask, { config, client, store, pepper }, nowThere))).flat();
    const found = [...diagnoses, ...shards.diagnoses, ...migrations, ...onFile];
    return { diagnoses: found, clocks: [clock, ...shards.clocks] };
  } finally {
    await Promise.all([server.close(), client.close(), store.close()]);
  }
}

async function askHello(client: ClickHouseClient) {
  const rows = await withinDeadline(ANSWER_MS, async (signal) => {
    const query = "SELECT version() AS version, toUnixTimestamp64Milli(now64(3)) AS now_ms";
    const answer = await client.query({ query, format: "JSONEachRow", abort_signal: signal });
    return answer.json<{ version: string; now_ms: number }>();
  });
  return rows[0];
}

async function examineRedis(config: Config, jobs: readonly JobSettings[]): Promise<Found> {
  let redis: Redis | undefined;
  let clock: judge.ClockReading | undefined;
  try {
    const diagnoses = await diagnose("Redis", "Redis", async () => {
      redis = await connectRedisOnce(config.REDIS_URL, ANSWER_MS);
      const askedAt = Date.now();
      const there = await readRedisClock(redis);
      clock = judge.readAgainst("Redis", there, askedAt);
      const info = parseInfo(await redis.info());
      const version = judge.judgeVersion("Redis", info["redis_version"] ?? "");
      const persistence = await readRedisPersistence(redis);
      const settings = judgeRedisSettings(info, persistence, durabilityOf(config));
      return [ok("Redis", "answers"), version, ...settings];
    });
    const connection = redis;
    if (connection === undefined) return { diagnoses };
    let schedules: readonly JobSchedule[] = [];
    const problems = await diagnose("schedules", "Redis", async () => {
      const now = await readRedisClock(connection);
      schedules = (await Promise.all(jobs.map(async (job) => examineSchedule(connection, job, now)))).flat();
      return [];
    });
    return { diagnoses: [...diagnoses, ...problems], schedules, clocks: clock === undefined ? [] : [clock] };
  } finally {
    redis?.disconnect();
  }
}

async function examineSchedule(
  connection: Redis,
  { name, schedule }: JobSettings,
  now: number,
): Promise<JobSchedule[]> {
  if (schedule === undefined) return [];
  // Looking must not write: without these settings a queue stores its own description in Redis.
  const queue = new Queue(name, { connection, prefix: REDIS_PREFIX, skipMetasUpdate: true, skipVersionCheck: true });
  queue.on("error", () => undefined);
  try {
    const known = await withinDeadline(ANSWER_MS, () => readSchedule(queue, name));
    return [{ job: name, state: judgeSchedule(known, schedule, now), nextAt: known?.nextAt ?? null }];
  } finally {
    await queue.close();
  }
}

/** Now by a server's clock, where one was read: this machine's may be what is wrong. */
function nowOf(found: readonly Found[]): number {
  return Date.now() + (clocksOf(found).at(-1)?.offsetMs ?? 0);
}

const clocksOf = (found: readonly Found[]) => found.flatMap(({ clocks }) => clocks ?? []);

function parseInfo(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^\w+:/.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}
