import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import ipaddr from "ipaddr.js";
import { Random } from "../../src/local/simulator/random.js";
import { groupBy } from "../../src/model/group-by.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { Stretch, StretchUsage } from "../../src/store/check/rule-usage.js";
import type { Store } from "../../src/store/store.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { drawTraffic } from "../helpers/random-traffic.js";
import { servedOf } from "../helpers/traffic-oracle.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_260_308);
const DAY = Date.parse("2026-03-08T00:00:00Z");
const MINUTE = 60_000;

const events = drawTraffic(SEED, DAY);
const random = new Random(SEED, "stretches");
let checks = undefined as unknown as OpenChecks;
let store = undefined as unknown as Store;

before(async () => {
  checks = await openChecks();
  ({ store } = checks);
  const shuffled = random.sample(events, Infinity);
  for (let i = 0; i < shuffled.length; i += 500) {
    for (const [n, block] of blocksOf([{ source: "test", events: shuffled.slice(i, i + 500) }]).entries()) {
      await insertPieces(store.client, [block.data], `${i}:${n}`);
    }
  }
});

after(() => checks.close());

/** From minutes to days long, at any minute, with the sum's end anywhere in it. */
function drawStretch(): Stretch {
  const from = DAY - random.whole(0, 3 * 1440) * MINUTE;
  const till = from + random.pick([0, 7, 59, 60, 61, 150, 1440, 3000]) * MINUTE + random.whole(0, 70) * MINUTE;
  return { from, till, to: till + random.whole(0, 200) * MINUTE };
}

/** What adding up the events of a stretch gives, by key and observer. */
function usageOf({ from, till, to }: Stretch): string[] {
  const within = events.filter(({ ts }) => ts >= from && ts < to);
  return [...groupBy(within, ({ keyId, observedBy }) => `${keyId} ${observedBy}`)]
    .map(([name, ofKey]) => {
      const minutes = groupBy(ofKey, ({ ts }) => (ts < till ? "sum" : String(Math.floor(ts / MINUTE) * MINUTE)));
      const sums = [...minutes].map(([minute, ones]) => {
        const sum = (value: "count" | "spendMicros") => ones.reduce((total, one) => total + one[value], 0);
        return `${minute}:${sum("count")}:${sum("spendMicros")}`;
      });
      return `${name} ${sums.toSorted().join(" ")}`;
    })
    .toSorted();
}

/** The same of what was read. */
function textsOf(usage: readonly StretchUsage[]): string[] {
  return usage
    .map((row) => {
      const minutes = [...groupBy(row.series, ({ minute }) => String(minute))].map(([minute, ones]) => {
        const sum = (value: "requests" | "spendMicros") => ones.reduce((total, one) => total + one[value], 0);
        return `${minute}:${sum("requests")}:${sum("spendMicros")}`;
      });
      const sums = row.requests === 0 ? minutes : [`sum:${row.requests}:${row.spendMicros}`, ...minutes];
      return `${row.keyId} ${row.observedBy} ${sums.toSorted().join(" ")}`;
    })
    .toSorted();
}

test(`any stretch of time holds what adding up its events gives, from roll-ups and from raw rows (seed ${SEED})`, async () => {
  const asOf = await store.readClock();
  const stretches = Array.from({ length: 25 }, drawStretch);
  for (const rawAsOf of [null, asOf]) {
    const usage = await store.check.readStretches("all", stretches, rawAsOf);
    for (const [at, stretch] of stretches.entries()) {
      assert.deepEqual(textsOf(usage.filter((row) => row.stretch === at)), usageOf(stretch), JSON.stringify(stretch));
    }
  }
});

test("keys too many for one parameter are read like a few", async () => {
  const stretches = [{ from: DAY - 1440 * MINUTE, till: DAY, to: DAY }];
  const unknownSources = Array.from({ length: 5000 }, (_, i) => `somebody-else-with-a-long-name-${i}`);
  const few = await store.check.readStretches(["key_0", "key_4"], stretches, null);
  assert.ok(few.length >= 2);
  assert.deepEqual(await store.check.readStretches([...unknownSources, "key_4", "key_0"], stretches, null), few);
  const allowed = (keyIds: readonly string[]) =>
    keyIds.map((keyId) => ({ keyId, cidrs: ["192.0.2.0/24", "198.51.100.0/24"] }));
  const span = { from: DAY - 60 * MINUTE, to: DAY + 60 * MINUTE };
  const outside = await store.check.readOutsideAllowed(allowed(["key_0"]), span, null);
  assert.ok(outside.length > 0);
  assert.deepEqual(await store.check.readOutsideAllowed(allowed([...unknownSources, "key_0"]), span, null), outside);
});

test(`what lies outside allowed networks is what ipaddr.js says of every address (seed ${SEED})`, async () => {
  const cidrs = ["10.0.0.0/16", "10.2.1.0/24", "10.4.0.0/17", "2001:db1::/32", "2001:db3:7:2::/64"];
  const parsed = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  const isInside = (text: string) => {
    const address = ipaddr.process(text);
    return parsed.some(([net, bits]) => net.kind() === address.kind() && address.match([net, bits]));
  };
  const span = { from: DAY - 300 * MINUTE, to: DAY + 300 * MINUTE };
  const keyIds = ["key_0", "key_1", "key_2"];
  const asOf = await store.readClock();
  const expected = new Map<string, number>();
  for (const event of events) {
    const { ts, keyId, sourceIp } = event;
    const counts =
      ts >= span.from && ts < span.to && keyIds.includes(keyId) && sourceIp !== null && servedOf(event) > 0;
    if (!counts || isInside(sourceIp)) continue;
    const name = `${keyId} ${ipaddr.process(sourceIp).toString()}`;
    expected.set(name, (expected.get(name) ?? 0) + servedOf(event));
  }
  assert.ok(expected.size > 20);
  for (const rawAsOf of [null, asOf]) {
    const uses = await store.check.readOutsideAllowed(
      keyIds.map((keyId) => ({ keyId, cidrs })),
      span,
      rawAsOf,
    );
    const found = uses.map((use) => [`${use.keyId} ${use.address}`, use.requests.reduce((a, b) => a + b, 0)] as const);
    assert.deepEqual(new Map(found), expected);
  }
});
