import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTied, untilReady, type TiedChild } from "./child-process.js";
import { startClickHouse } from "./embedded-clickhouse.js";
import { startRedis } from "./embedded-redis.js";
import { freePort } from "./free-port.js";
import { neededEnvironment } from "./needed-environment.js";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "./pagerduty-receiver.js";

const READY_WITHIN_MS = 30_000;
const main = fileURLToPath(new URL("../main.js", import.meta.url));

/** A whole Plimsoll on this machine, of its own ports, data and secrets. */
export interface DemoServices {
  /** Where the data and the demo's files lie; removed by `stop`. */
  readonly dir: string;
  readonly url: string;
  /** Sends history, and opens the pages, as long as the demo runs. */
  readonly adminToken: string;
  readonly clickhouseUrl: string;
  readonly receiver: PagerDutyReceiver;
  /** Runs one command of the product to its end. Throws with what it said when it fails. */
  readonly plimsoll: (...args: string[]) => Promise<string>;
  /** Starts serve and work, and waits until serve is ready. */
  readonly start: () => Promise<void>;
  /** What serve and work said last, for when something went wrong. */
  readonly lastWords: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts ClickHouse, Redis and a PagerDuty receiver; CLICKHOUSE_URL and REDIS_URL, where set, are used instead. */
export async function openDemoServices(): Promise<DemoServices> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-demo-"));
  const clickhouse =
    process.env["CLICKHOUSE_URL"] === undefined ? await startClickHouse({ dataDir: join(dir, "clickhouse") }) : null;
  const redis = process.env["REDIS_URL"] === undefined ? await startRedis({ dataDir: join(dir, "redis") }) : null;
  const receiver = await startPagerDutyReceiver();
  const clickhouseUrl = new URL(clickhouse?.url ?? String(process.env["CLICKHOUSE_URL"]));
  clickhouseUrl.pathname =
    clickhouse === null ? `/plimsoll_demo_${randomBytes(4).toString("hex")}` : clickhouseUrl.pathname;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [ingestToken, adminToken] = [randomBytes(24).toString("hex"), randomBytes(24).toString("hex")];
  const env = {
    ...neededEnvironment(),
    CLICKHOUSE_URL: clickhouseUrl.href,
    REDIS_URL: redis?.url ?? process.env["REDIS_URL"],
    PAGERDUTY_ROUTING_KEY: randomBytes(16).toString("hex"),
    PAGERDUTY_EVENTS_HOST: receiver.host,
    // The receiver's certificate is signed by nobody that Node knows.
    NODE_EXTRA_CA_CERTS: receiver.caFile,
    PLIMSOLL_INGEST_TOKENS: `gateway=${ingestToken}`,
    PLIMSOLL_ADMIN_TOKENS: `gateway=${adminToken}`,
    PLIMSOLL_KEY_PEPPER: randomBytes(32).toString("hex"),
    PLIMSOLL_BASE_URL: url,
    PLIMSOLL_HTTP_PORT: String(port),
    PLIMSOLL_NETWORKS_FILE: join(dir, "networks.csv"),
  };
  const children: TiedChild[] = [];
  const startOne = (command: string): TiedChild => {
    const child = startTied(process.execPath, [main, command], env);
    children.push(child);
    return child;
  };
  return {
    dir,
    url,
    adminToken,
    clickhouseUrl: clickhouseUrl.href,
    receiver,
    plimsoll: async (...args) => runToEnd(args, env),
    start: async () => {
      const serve = startOne("serve");
      startOne("work");
      await untilReady("plimsoll serve", serve, async () => (await fetch(`${url}/readyz`)).ok, READY_WITHIN_MS);
    },
    lastWords: () => children.map((child) => child.lastWords()).join("\n"),
    stop: async () => {
      await Promise.all(children.map((child) => child.kill()));
      await receiver.stop();
      await redis?.stop();
      await clickhouse?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function runToEnd(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`plimsoll ${args.join(" ")} failed: ${output}`);
  return output;
}
