import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClickHouseClient } from "@clickhouse/client";
import { Redis } from "ioredis";
import { oldestWaitingAt } from "../../src/store/ingest/buffer-depth.js";
import { REDIS_PREFIX } from "../../src/app.js";
import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import { Secret } from "../../src/secret.js";
import { openIngestBuffer } from "../../src/store/ingest/ingest-buffer.js";
import { openStore, type Store } from "../../src/store/store.js";
import { beginCommand, startCommand } from "./logged-command.js";
import type { BegunCommand, EndedCommand, RunningCommand } from "./logged-command.js";
import { scratchDatabase } from "./services.js";
import { until } from "./until.js";

export interface WholePlimsollOptions {
  /** A ClickHouse server of its own, whose files may be searched; else a database of its own on the shared one. */
  readonly ownClickHouse?: boolean;
  /** The networks file's text. */
  readonly networks?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A whole Plimsoll as processes: real ClickHouse, a Redis of its own, a PagerDuty over TLS. Serve and work are started by the test. */
export interface WholePlimsoll {
  /** Everything that it keeps on disk: `clickhouse` (if its own), `redis`, `logs`. */
  readonly dir: string;
  /** Where the newest serve listens. */
  readonly url: string;
  readonly tokens: { readonly ingest: string; readonly other: string; readonly read: string; readonly admin: string };
  readonly pepper: string;
  /** With user and password. */
  readonly clickhouseUrl: string;
  readonly clickhouse: ClickHouseClient;
  /** A connection of the test's own. */
  readonly redis: Redis;
  readonly store: Store;
  readonly receiver: PagerDutyReceiver;
  /** Changes the environment of what is started from now on. */
  changeEnv(changed: Readonly<Record<string, string | undefined>>): void;
  startServe(): Promise<RunningCommand>;
  /** Starts work, and waits until it has logged a message. */
  startWork(message?: string): Promise<RunningCommand>;
  /** Runs one command to its end, or begins it; `import` finds the newest serve. */
  plimsoll(...args: string[]): Promise<EndedCommand>;
  begin(...args: string[]): BegunCommand;
  post(body: string | Buffer, headers?: Record<string, string>): Promise<Answer>;
  /** Rows of a query in the database. */
  readonly ask: <Row>(query: string) => Promise<Row[]>;
  /** Waits until work has written every batch that was accepted. */
  untilRecorded(withinMs?: number): Promise<void>;
  /** kill -9. */
  killRedis(): Promise<void>;
  /** Ends Redis, writing everything out, and starts it again at the same address with the same data. */
  restartRedis(): Promise<void>;
  /** Everything that serve and work have written, of ended ones too. */
  logs(): string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Starts the services, migrates, and stops everything when the test ends, however it ends. */
export async function startWholePlimsoll(
  test: { after(end: () => Promise<void>): void },
  options: WholePlimsollOptions = {},
): Promise<WholePlimsoll> {
  const ends: (() => unknown)[] = [];
  test.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-whole-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(join(dir, "logs"));
  const clickhouseUrl = await openDatabase(dir, options.ownClickHouse === true, ends);
  const dataDir = join(dir, "redis");
  let redis: LocalRedis = await startRedis({ dataDir });
  ends.push(async () => redis.kill());
  const receiver = await startPagerDutyReceiver();
  ends.push(() => receiver.stop());
  const store = openStore(new Secret(clickhouseUrl));
  ends.push(() => store.close());
  const tokens = {
    ingest: randomBytes(24).toString("hex"),
    other: secretText(),
    read: secretText(),
    admin: secretText(),
  };
  const pepper = secretText();
  const networksFile = join(dir, "networks.csv");
  writeFileSync(networksFile, options.networks ?? "cidr,asn,name,type\n");
  const env: NodeJS.ProcessEnv = {
    ...withoutOurs(process.env),
    CLICKHOUSE_URL: clickhouseUrl,
    REDIS_URL: redis.url,
    PAGERDUTY_ROUTING_KEY: randomBytes(16).toString("hex"),
    PAGERDUTY_EVENTS_HOST: receiver.host,
    // The receiver's certificate is signed by nobody that Node knows.
    NODE_EXTRA_CA_CERTS: receiver.caFile,
    PLIMSOLL_INGEST_TOKENS: `gateway=${tokens.ingest},other=${tokens.other}`,
    PLIMSOLL_READ_TOKENS: `viewer=${tokens.read}`,
    PLIMSOLL_ADMIN_TOKENS: `ops=${tokens.admin}`,
    PLIMSOLL_KEY_PEPPER: pepper,
    PLIMSOLL_BASE_URL: "https://plimsoll.example",
    PLIMSOLL_HTTP_PORT: "0",
    PLIMSOLL_NETWORKS_FILE: networksFile,
    PLIMSOLL_LOG_LEVEL: "debug",
    // Tests wait for what they sent.
    PLIMSOLL_BATCH_MAX_WAIT_MS: "50",
    ...options.env,
  };
  const started: RunningCommand[] = [];
  let url = "";
  const start = async (name: "serve" | "work", isReady: (log: string) => boolean): Promise<RunningCommand> => {
    const command = startCommand(name, join(dir, "logs", `${started.length + 1}-${name}.log`), env);
    started.push(command);
    ends.push(() => command.kill());
    let end: string | undefined;
    void command.ended.then((how) => (end = how));
    await until(`plimsoll ${name} is up`, () => end !== undefined || isReady(command.log()));
    assert.equal(end, undefined, `plimsoll ${name} ended: ${command.log()}`);
    return command;
  };
  const begin = (...args: string[]) => beginCommand(args, url === "" ? env : { ...env, PLIMSOLL_URL: url });
  const plimsoll = async (...args: string[]) => begin(...args).ended;
  const migrated = await plimsoll("migrate");
  assert.equal(migrated.code, 0, migrated.output);
  const client = new Redis(redis.url);
  client.on("error", () => undefined);
  ends.push(() => client.disconnect());
  const ingestBuffer = openIngestBuffer(client, REDIS_PREFIX, { maxRows: 1 });
  return {
    dir,
    get url() {
      return url;
    },
    tokens,
    pepper,
    clickhouseUrl,
    clickhouse: store.client,
    redis: client,
    store,
    receiver,
    changeEnv: (changed) => void Object.assign(env, changed),
    startServe: () =>
      start("serve", (log) => {
        url = /"url":"([^"]+)"[^\n]*"msg":"serving"/.exec(log)?.[1] ?? url;
        return log.includes('"msg":"serving"');
      }),
    startWork: (message = '"msg":"working"') => start("work", (log) => log.includes(message)),
    plimsoll,
    begin,
    async post(body, headers = {}) {
      const answer = await fetch(`${url}/v1/events`, {
        method: "POST",
        body: typeof body === "string" ? body : new Uint8Array(body),
        headers: { authorization: `Bearer ${tokens.ingest}`, "content-type": "application/x-ndjson", ...headers },
      });
      const text = await answer.text();
      return { status: answer.status, text, body: JSON.parse(text) as Record<string, unknown> };
    },
    ask: async <Row>(query: string) =>
      store.client.query({ query, format: "JSONEachRow" }).then((result) => result.json<Row>()),
    async untilRecorded(withinMs) {
      const isEmpty = async () => oldestWaitingAt(await ingestBuffer.depth()) === null;
      await until("nothing waits in the ingest buffer", isEmpty, withinMs);
    },
    killRedis: () => redis.kill(),
    restartRedis: async () => {
      await redis.stop().catch(() => undefined);
      redis = await startRedis({ dataDir, port: redis.port });
    },
    logs: () => started.map((command) => command.log()).join("\n"),
  };
}

async function openDatabase(dir: string, own: boolean, ends: (() => unknown)[]): Promise<string> {
  if (own) {
    const server = await startClickHouse({ dataDir: join(dir, "clickhouse") });
    ends.push(() => server.kill());
    return server.url;
  }
  const database = await scratchDatabase();
  ends.push(() => database.drop());
  return database.url;
}

const secretText = () => randomBytes(24).toString("hex");

/** What the machine has set for a Plimsoll of its own is not for this one. */
const withoutOurs = (env: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(PLIMSOLL|PAGERDUTY|CLICKHOUSE|REDIS)_/.test(name)));
