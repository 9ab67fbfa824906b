import { countedText } from "../../text/amounts.js";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { whenNobodyReads } from "../../log.js";
import { signInLink } from "../../text/sign-in-link.js";
import { printPage, type TriggerEvent } from "./demo-page.js";
import { sendBatches } from "./demo-send.js";
import { untilDone } from "./demo-progress.js";
import { openDemoServices, type DemoServices, type Ends } from "./demo-services.js";
import { demoTraffic, type DemoTraffic } from "./demo-traffic.js";
import { networksCsv } from "../simulator/networks.js";

const EVENTS_PER_BATCH = 5000;
/** Where nothing moves for so long, or for so many times what migrating took, something is wrong. */
const PATIENCE_MS = 240_000;
const PATIENCE_FACTOR = 6;
const MINUTE_MS = 60_000;
/** The last hour is what the first start of `work` judges; what is older is history. */
const JUDGED_MINUTES = 55;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    "no-leak": { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log("npm run demo -- [--seed N] [--no-leak] [--keep]   (see README.md)");
} else if (!/^\d{1,9}$/.test(values.seed)) {
  console.error(`error: --seed takes a whole number, not "${values.seed}"`);
  process.exitCode = 2;
} else {
  process.exitCode = await demo(Number(values.seed), !values["no-leak"], values.keep);
}

/** Tells the story, and leaves nothing behind, also after Ctrl-C, a failure, or when nobody reads any more. */
async function demo(seed: number, leak: boolean, keep: boolean): Promise<number> {
  const ends: Ends = [];
  let told: number | null = null;
  const interrupted = new Promise<number>((resolve) => {
    for (const [name, code] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const)
      process.on(name, () => resolve(told ?? code));
    whenNobodyReads(() => resolve(141));
  });
  const opening = openDemoServices(ends);
  try {
    say("starting ClickHouse, Redis and a PagerDuty receiver");
    const story = async () => {
      const services = await opening;
      told = (await tell(services, seed, leak)) ? 0 : 1;
      if (keep) await keepRunning(services);
      return told;
    };
    return await Promise.race([story(), interrupted]);
  } catch (error) {
    const services = await opening.catch(() => null);
    console.error(`error: ${(error as Error).message}\n${services?.complaints() ?? ""}`.trimEnd());
    return 1;
  } finally {
    // What is just being started can be ended when it has.
    await opening.catch(() => undefined);
    for (const end of ends.toReversed()) await Promise.resolve(end()).catch(() => undefined);
  }
}

async function tell(services: DemoServices, seed: number, leak: boolean): Promise<boolean> {
  const startedAt = Date.now();
  const client = createClient({ url: services.clickhouseUrl });
  try {
    const traffic = demoTraffic({ seed, now: Date.now(), leak });
    await prepare(services, traffic);
    // A slow machine, or a busy one, gets the more time the slower it is.
    const patienceMs = Math.max(PATIENCE_MS, PATIENCE_FACTOR * (Date.now() - startedAt));
    await services.start(patienceMs);
    await send(services, client, traffic, patienceMs);
    say("waiting until the last hour has been judged");
    await untilJudged(client, traffic.to, patienceMs);
    const good = report(services, traffic, leak);
    say(`done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
    return good;
  } finally {
    await client.close();
  }
}

async function prepare(services: DemoServices, traffic: DemoTraffic): Promise<void> {
  const keysFile = join(services.dir, "keys.json");
  writeFileSync(keysFile, JSON.stringify(traffic.keys));
  writeFileSync(join(services.dir, "networks.csv"), networksCsv(traffic.networks));
  await services.plimsoll("migrate");
  await services.plimsoll("keys", "import", keysFile);
}

async function send(
  services: DemoServices,
  client: ClickHouseClient,
  traffic: DemoTraffic,
  patienceMs: number,
): Promise<void> {
  const total = traffic.expectedEvents;
  say(
    `sending ${countedText(total, "event")} of ${countedText(traffic.keys.length, "key")}, three weeks that end now, to POST /v1/events`,
  );
  const startedAt = performance.now();
  await sendBatches(traffic.batches(EVENTS_PER_BATCH), total, { url: services.url, token: services.adminToken });
  await untilDone("events were stored", patienceMs, async () => {
    const stored = await ask(client, "SELECT sum(requests) AS n FROM usage_hours");
    return { done: stored, of: total, left: 0 };
  });
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    `all are in ClickHouse and its roll-ups after ${seconds.toFixed(1)} s: ${Math.round(total / seconds).toLocaleString("en-US")} events/s`,
  );
}

/** Waits until the minutes of the last hour are judged on all their rows, and the outbox is empty. */
async function untilJudged(client: ClickHouseClient, to: number, patienceMs: number): Promise<void> {
  const from = Math.floor((to - JUDGED_MINUTES * MINUTE_MS) / 1000);
  await untilDone("minutes were judged", patienceMs, async () => {
    const judged = await ask(
      client,
      `SELECT uniqExact(tick) AS n FROM check_runs WHERE job = 'check-keys' AND outcome = 'evaluated'
       AND tick > ${from} AND tick <= ${Math.floor(to / 1000)}
       AND as_of > (SELECT max(last_ingested_at) FROM ingest_coverage WHERE minute >= ${from})`,
    );
    const waiting = await ask(
      client,
      "SELECT countIf(last IN ('pending', 'retrying')) AS n FROM (SELECT max(state) AS last FROM page_transitions GROUP BY page_id)",
    );
    return { done: judged, of: JUDGED_MINUTES, left: waiting };
  });
}

async function ask(client: ClickHouseClient, query: string): Promise<number> {
  const result = await client.query({ query, format: "JSONEachRow" });
  const [row] = await result.json<{ n: number | string }>();
  return Number(row?.n ?? 0);
}

/** Prints what PagerDuty got, and says whether that was right: the leaked key paged and nothing else. */
function report(services: DemoServices, traffic: DemoTraffic, leak: boolean): boolean {
  const triggers = services.receiver.received
    .map((request) => request.body as (TriggerEvent & { event_action?: string }) | null)
    .filter((event) => event?.event_action === "trigger");
  const pages = triggers.filter((event) => ["critical", "error"].includes(event?.payload?.severity ?? ""));
  const wanted = leak ? [traffic.story.leaked] : [];
  const paged = [...new Set(pages.map((event) => event?.payload?.source ?? ""))];
  for (const event of pages) if (event !== null) console.log(printPage(event));
  const notices = triggers.filter((event) => !pages.includes(event));
  for (const event of notices) say(`notice: ${event?.payload?.summary ?? ""}`);
  const missing = wanted.filter((key) => !paged.includes(key));
  const wrong = paged.filter((key) => !wanted.includes(key));
  if (missing.length > 0) say(`NOT PAGED: the leaked key ${missing.join(", ")}`);
  if (wrong.length > 0) say(`PAGED WRONGLY: ${wrong.join(", ")}`);
  if (missing.length + wrong.length > 0) return false;
  say(
    leak
      ? "the leaked key was paged; a deploy, a migration, a nightly batch at 78/min of its limit of 100/min and a campaign at three times the usual traffic were not"
      : "nothing was paged, as it should be: there was no leak",
  );
  return true;
}

async function keepRunning(services: DemoServices): Promise<void> {
  say(
    `everything is still running (data in ${services.dir}); Ctrl-C ends it. Sign in to the dashboard with this link:`,
  );
  console.log(`\n  ${signInLink(services.url, services.adminToken)}\n`);
  // Until demo is interrupted.
  await new Promise<never>(() => undefined);
}

function say(text: string): void {
  console.log(`demo: ${text}`);
}
