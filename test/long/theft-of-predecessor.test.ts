import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const START = Date.parse("2026-03-01T00:00:00Z");
const NOW = START + 12 * DAY + 6 * HOUR;
let checks = undefined as unknown as OpenChecks;

interface Use {
  readonly key: string;
  readonly address: string;
  readonly asn?: number;
  readonly from: number;
  readonly to: number;
  readonly perMinute: number;
}

async function insert({ key, address, asn = 0, from, to, perMinute }: Use): Promise<void> {
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${from} + number * ${MINUTE})), '${key}', 'gateway', toIPv6('::ffff:${address}'), ${asn},
        '${asn === 0 ? "internal" : "hosting"}', 200, ${perMinute}, 'gw', true
      FROM numbers(${(to - from) / MINUTE})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000" },
  });
}

const findingsAt = async (at: number) => {
  const span = { hour: Math.ceil(at / HOUR) * HOUR - HOUR, ticks: [at] };
  const { findings } = await checkSpan(checks.deps, span, await checks.store.readClock(), "rollups");
  return findings.map(({ keyId, severity }) => [keyId, severity]);
};

before(async () => {
  checks = await openChecks();
  const names = ["stolen", "sound"];
  const old = names.map((name) => keyVersion({ keyId: `${name}_old` }));
  const heirs = names.map((name) => keyVersion({ keyId: `${name}_new`, replaces: `${name}_old` }));
  await checks.store.registry.insertKeys([...old, ...heirs], "keys");
  for (const [i, name] of names.entries()) {
    const address = `10.1.1.${i}`;
    await insert({ key: `${name}_old`, address, from: START, to: NOW, perMinute: 60 });
    // Five of six callers move to the new key.
    await insert({ key: `${name}_new`, address, from: NOW, to: NOW + 2 * HOUR, perMinute: 50 });
    await insert({ key: `${name}_old`, address, from: NOW, to: NOW + 2 * HOUR, perMinute: 10 });
  }
  await learnBaselines(checks.deps, Date.now(), NOW);
});

after(() => checks.close());

test("a rotation in which callers move to the new key is no finding, of neither key", async () => {
  for (const minutes of [10, 60, 120]) assert.deepEqual(await findingsAt(NOW + minutes * MINUTE), [], `${minutes}`);
});

test("an attacker on the old key, who takes less than its callers have taken away to the new one, pages, and teaches nothing", async () => {
  const theft = { address: "203.0.113.9", asn: 64_500, from: NOW, to: NOW + 2 * HOUR, perMinute: 40 };
  await insert({ ...theft, key: "stolen_old" });
  const [found, ...others] = await findingsAt(NOW + 2 * HOUR);
  assert.deepEqual(others, []);
  assert.ok(found?.[0] === "stolen_old" && ["error", "critical"].includes(found[1]!), JSON.stringify(found));
  const day = new Date(NOW).toISOString().slice(0, 10);
  await learnBaselines(checks.deps, Date.now(), NOW + DAY);
  const learned = await checks.store.learn.readBaselines(day, await checks.store.readClock(), [
    "stolen_old",
    "sound_old",
  ]);
  const suspects = learned.filter(({ suspectUntil }) => suspectUntil > 0).map(({ keyId }) => keyId);
  assert.deepEqual([learned.length, suspects], [2, ["stolen_old"]]);
});
