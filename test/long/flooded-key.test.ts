import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import type { NoveltyFacts } from "../../src/store/check/novelty-fact.js";
import { HOUR, MINUTE } from "../helpers/incident-parts.js";
import { openUsualFleet, type UsualFleet } from "../helpers/usual-fleet.js";

const FLOOD = 120_000;
const MINUTES = 20;
const MOST = 5000;
let fleet = undefined as unknown as UsualFleet;

/** Events at an instant, an address and a route each (SQL with `number`). */
async function insert(rows: number, keyId: string, ip: string, route: string, at: string): Promise<void> {
  await fleet.checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, bytes, spend_micros, user_agent, route, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${at})), '${keyId}', 'gateway', toIPv6(${ip}), 64500, 'hosting', 200, 1, 100, 1500, 'python-requests/2.31', ${route}, 'gw', true
      FROM numbers(${rows})`,
  });
}

before(async () => {
  fleet = await openUsualFleet(6);
  const { now } = fleet;
  await fleet.insertUsual(now, now + (MINUTES + 2) * MINUTE);
  const everyMinute = `${now} + intDiv(number, 80) * ${MINUTE}`;
  await insert(80 * (MINUTES + 2), "key_0", "'::ffff:198.51.100.7'", "'/v1/customers'", everyMinute);
  const flooded = `concat('2001:db8:', lower(hex(toUInt16(intDiv(number, 60000)))), ':', lower(hex(toUInt16(number % 60000))), '::1')`;
  const late = `${now + (MINUTES - 2) * MINUTE} + (number % 2) * ${MINUTE}`;
  await insert(FLOOD, "key_1", flooded, "concat('/', toString(sipHash64(number)))", late);
});
after(() => fleet.checks.close());

test("whoever floods one key with addresses and routes keeps no check from its end: the others' thefts are found beside the flood, of which a bounded part is read", async () => {
  const { store, deps } = fleet.checks;
  const tick = fleet.now + MINUTES * MINUTE;
  const read: NoveltyFacts[] = [];
  const check = {
    ...store.check,
    readNovelTraffic: async (...asked: Parameters<typeof store.check.readNovelTraffic>) => {
      read.push(asked[0]);
      return store.check.readNovelTraffic(...asked);
    },
  };
  const span = { hour: Math.ceil(tick / HOUR) * HOUR - HOUR, ticks: [tick] };
  const checkDeps = { ...deps, store: { ...store, check } };
  const { findings } = await checkSpan(checkDeps, span, await store.readClock(), "rollups");
  const found = (key: string) => findings.find(({ keyId, cause }) => keyId === key && cause === "leak")?.severity;
  assert.match(String(found("key_0")), /error|critical/);
  assert.match(String(found("key_1")), /error|critical/);
  // Two quarters of an hour at the most, and each level apart.
  assert.ok(read.length > 0);
  for (const { addresses, routes } of read) {
    assert.ok(addresses.length <= 2 * MOST + 100, `${addresses.length} addresses`);
    assert.ok(routes.length <= 2 * MOST + 100, `${routes.length} routes`);
  }
  assert.ok(read.some(({ addresses }) => addresses.length >= MOST));
});
