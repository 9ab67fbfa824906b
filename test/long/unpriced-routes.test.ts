import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const T0 = Date.parse("2026-03-02T00:00:00Z");
/** Old enough to be expected something, and long past its founding. */
const LEAK = T0 + 8 * DAY + 9 * HOUR;
const END = LEAK + 90 * MINUTE;
const PRICES = { "/v1/messages": 0.0079, "/v1/lookups": 0.005 };
/** What the attacker takes, sixty times a minute, from a hosting company of his own. */
const TAKEN = "/v1/numbers";

interface Story {
  readonly prices?: Readonly<Record<string, number>>;
  /** Epoch ms from which the prices count; from ever unless given. */
  readonly pricedFrom?: number;
  /** What the events themselves say of what the holders pay, and the attacker. */
  readonly paid?: number;
  readonly stolen?: { readonly route: string; readonly cost?: number };
}

/** Keys by what their prices say of the attacker's route. */
const STORIES: Readonly<Record<string, Story>> = {
  "route-with-a-price": { prices: PRICES, stolen: { route: "/v1/messages" } },
  "route-without-a-price": { prices: PRICES, stolen: { route: TAKEN } },
  "route-priced-at-0": { prices: { ...PRICES, [TAKEN]: 0 }, stolen: { route: TAKEN } },
  "route-priced-at-next-to-nothing": { prices: { ...PRICES, [TAKEN]: 0.000001 }, stolen: { route: TAKEN } },
  "events-that-say-0": { paid: 0.0079, stolen: { route: TAKEN, cost: 0 } },
  "price-since-a-day": { prices: PRICES, pricedFrom: LEAK - DAY, stolen: { route: TAKEN } },
  "no-price-at-all": { stolen: { route: TAKEN } },
  "nobody-stole-it": { prices: PRICES },
  "nobody-stole-it-either": { prices: PRICES },
};
const THIEVES = Object.entries(STORIES).filter(([, { stolen }]) => stolen !== undefined);

/** One line for five minutes of the holders, one for each minute of the attacker; attackers begin three minutes after each other. */
function linesOf([keyId, { paid, stolen }]: readonly [string, Story], index: number): string[] {
  const lines: string[] = [];
  const add = (ts: number, event: object) => lines.push(JSON.stringify({ ts, key_id: keyId, ...event }));
  for (let at = T0, i = 0; at < END; at += 5 * MINUTE, i += 1) {
    const route = i % 4 === 0 ? "/v1/lookups" : i % 9 === 0 ? TAKEN : "/v1/messages";
    const count = 14 + ((i * 7 + index * 3) % 13);
    add(at + index * 1000, {
      source_ip: `10.${index}.0.${1 + (i % 2)}`,
      route,
      count,
      ...(paid === undefined ? {} : { cost_usd: paid * count }),
    });
  }
  const from = beginOf(keyId);
  if (stolen === undefined) return lines;
  for (let at = from; at < END; at += MINUTE) {
    const { route, cost } = stolen;
    add(at + 500, {
      source_ip: `198.51.${index}.7`,
      route,
      count: 60,
      ...(cost === undefined ? {} : { cost_usd: cost }),
    });
  }
  return lines;
}

const beginOf = (keyId: string) => LEAK + 3 * MINUTE * Object.keys(STORIES).indexOf(keyId);

function entriesOf([keyId, { prices, pricedFrom }]: readonly [string, Story]): object[] {
  const at = (instant: number, more: object) => ({
    key_id: keyId,
    valid_from: new Date(instant).toISOString(),
    ...more,
  });
  if (pricedFrom === undefined) return [at(T0 - DAY, prices === undefined ? {} : { prices })];
  return [at(T0 - DAY, {}), at(pricedFrom, { prices })];
}

test("an attacker on a route without a price pages within the hour, as one on a route with a price does", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-unpriced-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const stories = Object.entries(STORIES);
  const networks = stories.flatMap((_, i) => [
    `10.${i}.0.0/16,,Office ${i},internal`,
    `198.51.${i}.0/24,${64_500 + i},Host ${i},hosting`,
  ]);
  const events = file("events.ndjson", stories.flatMap(linesOf).join("\n"));
  const keys = file("keys.json", JSON.stringify(stories.flatMap(entriesOf)));
  const csv = file("networks.csv", `cidr,asn,name,type\n${networks.join("\n")}\n`);
  const run = await runCli(
    ["backtest", "--events", events, "--keys", keys, "--networks", csv, "--step", "5m", "--budget", "1"],
    { CLICKHOUSE_URL: testServices().clickhouseUrl },
    "",
  );
  assert.equal(run.code, 0, run.stderr);
  type LastNotification = { at: string; action: string; key_id: string; severity: string; cause: string };
  const told = run.stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LastNotification);
  const pages = told.filter(
    ({ action, severity }) => action === "trigger" && (severity === "error" || severity === "critical"),
  );
  const minutes = THIEVES.map(([keyId]) => {
    const first = pages.find((page) => page.key_id === keyId && page.cause === "leak");
    return [keyId, first === undefined ? Infinity : (Date.parse(first.at) - beginOf(keyId)) / MINUTE] as const;
  });
  assert.deepEqual(
    minutes.filter(([, waited]) => !(waited > 0 && waited <= 60)),
    [],
  );
  assert.deepEqual(
    told.filter(({ key_id }) => key_id.startsWith("nobody")),
    [],
  );
});
