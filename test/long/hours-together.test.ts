import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../src/local/simulator/random.js";
import { checkSpan, type CheckedSpan, type CheckDeps } from "../../src/pipeline/check/check-span.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { reachOf } from "../../src/pipeline/check/facts/reach.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { AS_OF } from "../../src/pipeline/replay/replay-checks.js";
import { spansByHour, ticksBetween, type TickSpan } from "../../src/time/ticks.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_261_128);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Minutes of sources are not on file for ever. */
const JUDGED = Math.floor(Date.now() / DAY) * DAY - 2 * DAY;
const DAYS_BEFORE = 9;

const TICKS = ticksBetween(JUDGED, JUDGED + DAY).filter((tick) => tick % (5 * MINUTE) === 0);

const random = new Random(SEED, "hours together");
const KEYS = ["plain", "limited", "fenced", "reported", "unplaced", "heir", "elder", "probed"];
const networks = (net: number) => ({ ip: `'::ffff:192.0.${net}.${1 + random.below(3)}'`, asn: 64_500 + (net % 3) });
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  await checks.store.registry.insertKeys(
    [
      keyVersion({ keyId: "limited", limitPerMinute: 40 }),
      keyVersion({ keyId: "fenced", allowedCidrs: ["192.0.0.0/23"] }),
      keyVersion({ keyId: "heir", replaces: "elder" }),
    ],
    "keys",
  );
  const rows: string[] = [];
  for (let at = JUDGED - DAYS_BEFORE * DAY; at < JUDGED + DAY; at += 10 * MINUTE) {
    // Nobody is heard for three hours of the judged day, and for two of the day before it.
    if ((at >= JUDGED + 5 * HOUR && at < JUDGED + 8 * HOUR) || (at >= JUDGED - 9 * HOUR && at < JUDGED - 7 * HOUR))
      continue;
    for (const keyId of KEYS) rows.push(...requestsOf(keyId, at));
  }
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, route, status, count, spend_micros, user_agent, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(c1)), c2, c3, toIPv6(c4), c5, 'hosting', c6, c7, c8, c9, c10, 'gw', fromUnixTimestamp64Milli(toInt64(c1 + 60000))
      FROM values('c1 Int64, c2 String, c3 String, c4 String, c5 UInt32, c6 String, c7 UInt16, c8 UInt32, c9 UInt64, c10 String', ${rows.join()})`,
    clickhouse_settings: { max_query_size: "100000000", max_partitions_per_insert_block: "0" },
  });
  for (let ago = DAYS_BEFORE; ago >= 0; ago -= 1) await learnBaselines(checks.deps, AS_OF, JUDGED - ago * DAY);
});

after(() => checks.close());

/** What a key did in ten minutes; on the judged day some are used from elsewhere too, refused, or moved. */
function requestsOf(keyId: string, at: number): string[] {
  const row = (ip: string, asn: number, route: string, status: number, count: number, observer = "gateway") =>
    `(${at + random.below(9) * MINUTE}, '${keyId}', '${observer}', ${ip}, ${asn}, '${route}', ${status}, ${count}, ${status < 400 ? count * 900 : 0}, 'client/1')`;
  const hour = (at - JUDGED) / HOUR;
  const { ip, asn } = networks(random.below(2));
  const isStolen = hour >= 10 && hour < 15;
  const own = keyId === "unplaced" && hour < 12 ? "'::'" : ip;
  const found = keyId === "heir" && hour < -40 ? [] : [row(own, asn, "/r1", 200, 5 + random.below(6))];
  if (keyId === "reported") found.push(row("'::'", 0, "", 200, isStolen ? 60 : 8, "provider"));
  if (isStolen && keyId !== "reported" && keyId !== "probed") {
    const other = networks(7);
    found.push(row(other.ip, other.asn, `/r${random.below(4)}`, 200, 20 + random.below(20)));
  }
  if (hour >= 17 && hour < 19 && keyId === "probed") {
    for (let i = 0; i < 30; i += 1) found.push(row("'::ffff:198.51.100.9'", 64_999, `/admin${i}`, 403, 9));
  }
  return found;
}

const deps = (): CheckDeps => ({ ...checks.deps, memory: new CheckCache() });
const judge = async (own: CheckDeps, span: TickSpan): Promise<CheckedSpan> => checkSpan(own, span, AS_OF, "rollups");
const textOf = (checked: CheckedSpan) => JSON.stringify({ ...checked, keysAt: [...checked.keysAt] });

test(`hours that are read together are judged as each would be by itself, to the byte (seed ${SEED})`, async () => {
  const spans = spansByHour(TICKS);
  const together = deps();
  together.memory.reach = reachOf(spans, true);
  const causes = new Set<string>();
  for (const span of spans) {
    const [one, alone] = [await judge(together, span), await judge(deps(), span)];
    assert.equal(textOf(one), textOf(alone), new Date(span.hour).toISOString());
    for (const { cause, signals } of one.findings) for (const { name } of signals) causes.add(`${cause} ${name}`);
  }
  for (const wanted of [
    "leak sources",
    "leak routes",
    "leak refusals",
    "outside_allowed",
    "leak shared_network",
    "leak unaccounted",
  ])
    assert.ok(
      [...causes].some((cause) => cause.includes(wanted)),
      `${wanted} is among ${[...causes].join(", ")}`,
    );
});

test("what is read for hours together is asked once for all of them", async () => {
  const asked = new Map<string, number>();
  const check = Object.fromEntries(
    Object.entries(checks.store.check).map(([name, read]) => [
      name,
      async (...args: readonly unknown[]) => {
        asked.set(name, (asked.get(name) ?? 0) + 1);
        return (read as (...of: readonly unknown[]) => Promise<unknown>)(...args);
      },
    ]),
  ) as unknown as OpenChecks["store"]["check"];
  const spans = spansByHour(TICKS);
  const together = { ...deps(), store: { ...checks.store, check } };
  together.memory.reach = reachOf(spans, true);
  await judge(together, spans[0]!);
  asked.clear();
  await judge(together, spans[2]!);
  for (const name of [
    "readUsageSteps",
    "readUsageByMinute",
    "readNovelTraffic",
    "readNoveltyFacts",
    "readForeignRefusals",
    "readUnplacedUses",
  ])
    assert.equal(asked.get(name), undefined, name);
});
