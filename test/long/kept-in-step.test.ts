import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../src/local/simulator/random.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import type { Store } from "../../src/store/store.js";
import { novelWindows, outsideUses, usageWindows } from "../helpers/window-rows.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_261_127);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Late rows are dated by their minutes only where that is less than a day ago, by the database's clock. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 4 * HOUR;
const TICKS = 9;
const STEP_MINUTES = 6;

const random = new Random(SEED, "kept in step");
/** The last two are a day old: one is compared with the others, and one was created long before. */
const KEYS = ["old", "young", "heir", "elder", "new", "woken"];
const DAYS_OLD: Readonly<Record<string, number>> = { young: 2, new: 1, woken: 1 };
/** All that two keys use before the first tick, and parts of the networks of what they use later; of a third some was outside from the beginning. */
const FIRST_USED = [0, 1, 2, 3].map((net) => `192.0.${net}.0/29`);
const ALLOWED = [
  { keyId: "old", cidrs: FIRST_USED },
  { keyId: "heir", cidrs: FIRST_USED },
  { keyId: "young", cidrs: ["192.0.0.0/23"] },
];
const REGISTERED_BY = Date.now() + DAY;
const lineages = new Map([["heir", ["elder"]]]);
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  const registered = ALLOWED.map(({ keyId, cidrs }) => keyVersion({ keyId, allowedCidrs: cidrs }));
  const woken = keyVersion({ keyId: "woken", createdAt: START - 10 * DAY });
  await checks.store.registry.insertKeys([...registered, woken], "keys");
  // Keys that are old enough for things to be new to them; one was born two days ago, so that late rows move the end of what founded it.
  for (const keyId of KEYS) await use(keyId, START - (DAYS_OLD[keyId] ?? 20) * DAY, 1, 1);
  for (let i = 0; i < 60; i += 1)
    await use(random.pick(KEYS), START - random.below(24 * 60) * MINUTE, random.below(6), random.below(3));
});

after(() => checks.close());

/** A request of a key from one of some addresses, in two networks of a system each, on one of some routes; recorded long enough ago to be settled. */
async function use(keyId: string, at: number, address: number, route: number): Promise<void> {
  const ingestedAt = Math.min(Date.now() - 20_000, at + DAY);
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, route, status, count, spend_micros, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(${at})), '${keyId}', 'gateway', toIPv6('::ffff:192.0.${address % 4}.${address}'), ${64500 + (address % 3)}, 'hosting',
        '/r${route}', 200, ${1 + random.below(5)}, ${random.below(1000)}, 'gw', fromUnixTimestamp64Milli(toInt64(${ingestedAt}))`,
  });
}

test(`what a check keeps and advances is what one that begins anew reads, and what raw rows give, whatever comes late (seed ${SEED})`, async () => {
  const kept = new CheckCache();
  const reads = { whole: 0, ofSome: 0 };
  const readNoveltyFacts: Store["check"]["readNoveltyFacts"] = async (of, asOf) => {
    reads[(of.keys ?? []).length === 0 ? "whole" : "ofSome"] += 1;
    return checks.store.check.readNoveltyFacts(of, asOf);
  };
  const counting = { ...checks.store, check: { ...checks.store.check, readNoveltyFacts } };
  let [novel, outside] = [0, 0];
  for (let i = 1; i <= TICKS; i += 1) {
    const tick = START + i * STEP_MINUTES * MINUTE;
    for (let n = random.below(4); n > 0; n -= 1) {
      await use(random.pick(KEYS), tick - (1 + random.below(STEP_MINUTES)) * MINUTE, random.below(12), random.below(6));
    }
    if (random.below(2) === 0)
      await use(random.pick(KEYS), tick - random.below(18 * 60) * MINUTE - MINUTE, random.below(12), random.below(6));
    const hour = Math.ceil(tick / HOUR) * HOUR - HOUR;
    const registry = { at: tick, visible: REGISTERED_BY };
    const span = { hour, ticks: [tick], held: { keys: [], days: [] }, registry, lineages };
    const [own, fresh, raw] = await Promise.all(
      [
        { store: counting, asOf: null, memory: kept },
        { store: checks.store, asOf: null, memory: new CheckCache() },
        { store: checks.store, asOf: Date.now(), memory: new CheckCache() },
      ].map(async ({ store, asOf, memory }) => ({
        usage: await usageWindows(store, hour, [tick], asOf, memory),
        novel: await novelWindows(store, span, asOf, memory),
        outside: await outsideUses(store, { ...span, allowed: ALLOWED }, asOf, memory),
      })),
    );
    assert.deepEqual(own, fresh, `tick ${i}: kept and begun anew`);
    assert.deepEqual(sorted(own!.usage), sorted(raw!.usage), `tick ${i}: kept and raw rows`);
    assert.deepEqual(sorted(own!.novel), sorted(raw!.novel), `tick ${i}: kept and raw rows`);
    assert.deepEqual(sorted(own!.outside), sorted(raw!.outside), `tick ${i}: kept and raw rows`);
    outside += own!.outside.length;
    novel += own!.novel.reduce((sum, { requests }) => sum + requests[3], 0);
  }
  assert.ok(novel > 0, "something was new");
  assert.ok(outside > 0, "something was outside");
  assert.ok(
    reads.whole <= 2 && reads.ofSome > 3,
    `read of all keys ${reads.whole} times, of some ${reads.ofSome} times`,
  );
});

const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted();
