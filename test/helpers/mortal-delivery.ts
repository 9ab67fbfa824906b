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
import { SLACK_PATH, type DestinationAnswer, type SeenMessage } from "./destination-receiver.js";
import { startCommand, type RunningCommand } from "./logged-command.js";
import { until } from "./until.js";

export type Part = "clickhouse" | "redis" | "receiver" | "destinations" | "work";

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
  /** Stops a part where it stands for so many ms: what it was sent waits, and nobody is told. */
  freeze(part: "destinations" | "work", forMs: number): Promise<void>;
  /** How destinations answer their next messages, by path. */
  destinationsAnswerNext(answers: Readonly<Record<"/slack" | "/webhook", readonly DestinationAnswer[]>>): void;
  /** Everything that the destinations got, in order: a Slack and a webhook. */
  seenByDestinations(): SeenMessage[];
  close(): Promise<void>;
}

const destinationsScript = fileURLToPath(new URL("./destinations-process.js", import.meta.url));
const receiverScript = fileURLToPath(new URL("./receiver-process.js", import.meta.url));

/** Starts all parts, but for `work`. */
export async function openMortalDelivery(): Promise<MortalDelivery> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-mortal-"));
  for (const name of ["clickhouse", "redis", "receiver", "destinations"]) mkdirSync(join(dir, name));
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
  const [destinationsDir, destinationsPort] = [join(dir, "destinations"), await freePort()];
  writeFileSync(join(destinationsDir, "log.ndjson"), "");
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const origin = `http://127.0.0.1:${destinationsPort}`;
  const env = {
    PATH: process.env["PATH"],
    CLICKHOUSE_URL: url,
    REDIS_URL: redis.url,
    PAGERDUTY_ROUTING_KEY: randomBytes(16).toString("hex"),
    PAGERDUTY_EVENTS_HOST: `localhost:${receiverPort}`,
    NODE_EXTRA_CA_CERTS: join(receiverDir, "ca.pem"),
    PLIMSOLL_DESTINATIONS: JSON.stringify({
      chat: { type: "slack", url: `${origin}/services/${SLACK_PATH}` },
      soar: { type: "webhook", url: `${origin}/webhook`, secret },
    }),
    PLIMSOLL_LOG_LEVEL: "warn",
  };
  let [receiver, destinations] = [undefined as TiedChild | undefined, undefined as TiedChild | undefined];
  let work = undefined as RunningCommand | undefined;
  let works = 0;
  const kills: Record<Part, () => Promise<void>> = {
    clickhouse: () => clickhouse.kill(),
    redis: () => redis.kill(),
    receiver: async () => receiver?.kill(),
    destinations: async () => destinations?.kill(),
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
    destinations: async () => {
      const args = [destinationsScript, String(destinationsPort), destinationsDir, secret];
      destinations = startTied(process.execPath, args);
      await untilReady("the destinations", destinations, async () => canConnect(destinationsPort), 20_000);
    },
    work: async () => void (work = startCommand("work", join(dir, `work-${(works += 1)}.log`), env)),
  };
  await starts.receiver();
  await starts.destinations();
  const linesOf = <Line>(of: string) =>
    readFileSync(join(of, "log.ndjson"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Line);
  return {
    store,
    kill: async (part) => kills[part](),
    start: async (part) => until(`${part} is up again`, async () => (await starts[part](), true)).then(() => undefined),
    answerNext: (answers) => writeFileSync(join(receiverDir, "answers.json"), JSON.stringify(answers)),
    seen: () => linesOf<SeenEvent>(receiverDir),
    destinationsAnswerNext: (answers) => writeFileSync(join(destinationsDir, "answers.json"), JSON.stringify(answers)),
    seenByDestinations: () => linesOf<SeenMessage>(destinationsDir),
    async freeze(part, forMs) {
      const pid = part === "work" ? work?.pid : destinations?.pid;
      if (pid === undefined) return;
      process.kill(pid, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, forMs));
      process.kill(pid, "SIGCONT");
    },
    async close() {
      await store.close();
      for (const part of ["work", "destinations", "receiver", "redis", "clickhouse"] as const)
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
