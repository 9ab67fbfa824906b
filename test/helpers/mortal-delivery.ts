import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTied, untilReady, type TiedChild } from "../../src/local/services/child-process.js";
import { startClickHouse, type LocalClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { freePort } from "../../src/local/services/free-port.js";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import { makeCertificate } from "../../src/local/pagerduty/certificate.js";
import { Secret } from "../../src/secret.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { openStore, type Store } from "../../src/store/store.js";
import { startCommand, type RunningCommand } from "./logged-command.js";
import { until } from "./until.js";

export type Part = "clickhouse" | "redis" | "receiver" | "work";

/** One request that PagerDuty got. */
export interface SeenEvent {
  readonly action: string;
  readonly key: string;
  readonly answered: number | string;
}

/** Delivery on real parts, each a process of its own that can be killed -9 and started again with what it had. */
export interface MortalDelivery {
  readonly store: Store;
  kill(part: Part): Promise<void>;
  start(part: Part): Promise<void>;
  /** How PagerDuty answers its next requests. */
  answerNext(answers: readonly Answer[]): void;
  /** Everything that PagerDuty was ever sent, in order. */
  seen(): SeenEvent[];
  close(): Promise<void>;
}

const receiverScript = fileURLToPath(new URL("./receiver-process.js", import.meta.url));

/** Starts all parts, but for `work`. */
export async function openMortalDelivery(): Promise<MortalDelivery> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-mortal-"));
  for (const name of ["clickhouse", "redis", "receiver"]) mkdirSync(join(dir, name));
  const certificate = await makeCertificate();
  writeFileSync(join(dir, "receiver", "certificate.json"), JSON.stringify(certificate));
  writeFileSync(join(dir, "receiver", "ca.pem"), certificate.cert);
  writeFileSync(join(dir, "receiver", "log.ndjson"), "");
  const receiverPort = await freePort();
  let clickhouse: LocalClickHouse = await startClickHouse({ dataDir: join(dir, "clickhouse") });
  let redis: LocalRedis = await startRedis({ dataDir: join(dir, "redis") });
  const url = clickhouse.url;
  await migrate(new Secret(url));
  const store = openStore(new Secret(url));
  const receiverDir = join(dir, "receiver");
  const env = {
    PATH: process.env["PATH"],
    CLICKHOUSE_URL: url,
    REDIS_URL: redis.url,
    PAGERDUTY_ROUTING_KEY: randomBytes(16).toString("hex"),
    PAGERDUTY_EVENTS_HOST: `localhost:${receiverPort}`,
    NODE_EXTRA_CA_CERTS: join(receiverDir, "ca.pem"),
    PLIMSOLL_LOG_LEVEL: "warn",
  };
  let [receiver, work] = [undefined as TiedChild | undefined, undefined as RunningCommand | undefined];
  let works = 0;
  const kills: Record<Part, () => Promise<void>> = {
    clickhouse: () => clickhouse.kill(),
    redis: () => redis.kill(),
    receiver: async () => receiver?.kill(),
    work: async () => work?.kill(),
  };
  const starts: Record<Part, () => Promise<void>> = {
    clickhouse: async () => {
      const { httpPort, tcpPort } = clickhouse;
      clickhouse = await startClickHouse({ dataDir: join(dir, "clickhouse"), httpPort, tcpPort });
    },
    redis: async () => void (redis = await startRedis({ dataDir: join(dir, "redis"), port: redis.port })),
    receiver: async () => {
      receiver = startTied(process.execPath, [receiverScript, String(receiverPort), receiverDir]);
      await untilReady("the receiver", receiver, async () => canConnect(receiverPort), 20_000);
    },
    work: async () => void (work = startCommand("work", join(dir, `work-${(works += 1)}.log`), env)),
  };
  await starts.receiver();
  return {
    store,
    kill: async (part) => kills[part](),
    start: async (part) => until(`${part} is up again`, async () => (await starts[part](), true)).then(() => undefined),
    answerNext: (answers) => writeFileSync(join(receiverDir, "answers.json"), JSON.stringify(answers)),
    seen: () =>
      readFileSync(join(receiverDir, "log.ndjson"), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as SeenEvent),
    async close() {
      await store.close();
      for (const part of ["work", "receiver", "redis", "clickhouse"] as const)
        await kills[part]().catch(() => undefined);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true))).once("error", () => resolve(false));
  });
}
