import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownFile } from "../../own-files.js";
import { startTied, untilReady, type TiedChild } from "../services/child-process.js";
import { startClickHouse } from "../services/embedded-clickhouse.js";
import { startRedis } from "../services/embedded-redis.js";
import { freePort } from "../services/free-port.js";
import { neededEnvironment } from "../services/needed-environment.js";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "../pagerduty/receiver.js";

const main = fileURLToPath(ownFile("dist/bundle/main.js"));

/** A whole Plimsoll on this machine, of its own ports, data and secrets. */
export interface DemoServices {
  /** Where the data and the demo's files are. */
  readonly dir: string;
  readonly url: string;
  /** Sends history, and opens the pages, as long as the demo runs. */
  readonly adminToken: string;
  readonly clickhouseUrl: string;
  readonly receiver: PagerDutyReceiver;
  /** Runs one command of the product to its end. Throws with what it said when it fails. */
  readonly plimsoll: (...args: string[]) => Promise<string>;
  /** Starts serve and work, and waits, at most so many ms, until serve is ready. */
  readonly start: (withinMs: number) => Promise<void>;
  /** What serve and work complained of last, for when something went wrong. */
  readonly complaints: () => string;
}

/** What undoes a start, the newest last; filled as things are started, so that a start that fails halfway leaves nothing either. */
export type Ends = (() => unknown)[];

/** Starts ClickHouse, Redis and a PagerDuty receiver; CLICKHOUSE_URL and REDIS_URL, where set, are used instead. */
export async function openDemoServices(ends: Ends): Promise<DemoServices> {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-demo-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const clickhouse =
    process.env["CLICKHOUSE_URL"] === undefined ? await startClickHouse({ dataDir: join(dir, "clickhouse") }) : null;
  ends.push(() => clickhouse?.stop());
  const redis = process.env["REDIS_URL"] === undefined ? await startRedis({ dataDir: join(dir, "redis") }) : null;
  ends.push(() => redis?.stop());
  const receiver = await startPagerDutyReceiver();
  ends.push(() => receiver.stop());
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
    ends.push(() => child.kill());
    return child;
  };
  return {
    dir,
    url,
    adminToken,
    clickhouseUrl: clickhouseUrl.href,
    receiver,
    plimsoll: async (...args) => runToEnd(args, env),
    start: async (withinMs) => {
      const serve = startOne("serve");
      startOne("work");
      await untilReady("plimsoll serve", serve, async () => (await fetch(`${url}/readyz`)).ok, withinMs);
    },
    complaints: () => children.map((child) => complaintsIn(child.lastWords())).join("\n"),
  };
}

const MOST_COMPLAINTS = 10;

/** Of a log the last lines that complain, as sentences: stacks are for who reads the log itself. */
function complaintsIn(log: string): string {
  const said = log.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return line === "" || /^\s+at /.test(line) ? [] : [line];
    try {
      const { level, msg = "", problem = "" } = JSON.parse(line) as Readonly<Record<string, string>>;
      return level === "warn" || level === "error" ? [`${msg}${problem === "" ? "" : `: ${problem}`}`] : [];
    } catch {
      return []; // cut off
    }
  });
  return said.slice(-MOST_COMPLAINTS).join("\n");
}

async function runToEnd(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`plimsoll ${args.join(" ")} failed: ${output}`);
  return output;
}
