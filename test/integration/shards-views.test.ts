import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseWantedNetwork } from "../../src/model/network/wanted-network.js";
import { readKeyList } from "../../src/pipeline/view/key-list.js";
import { readNetworkUse } from "../../src/pipeline/view/network-use.js";
import { shardOf } from "../../src/store/clickhouse/shard-of.js";
import { shardBlocksOf } from "../../src/store/ingest/request-block.js";
import { openRequestWriter } from "../../src/store/ingest/request-writer.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { perMinute } from "../helpers/rule-traffic.js";
import { startShards, type Shards } from "../helpers/start-shards.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const now = Math.floor(Date.now() / HOUR) * HOUR;
const PRINT = "0123456789abcdef".padEnd(64, "0");
const FORMER = "fp_0123456789abcdef";
const dir = mkdtempSync(join(tmpdir(), "plimsoll-shards-views-"));
let shards = undefined as unknown as Shards;
let checks = undefined as unknown as OpenChecks;

/** Keys of both shards, each near its limit for an hour, from one network; and keys that nobody registered. */
const KEYS = ["k-0", "k-1", "k-2", "k-3", "k-4", "k-5"];
const STRAYS = ["stray-0", "stray-1", "stray-2", "stray-3"];

before(async () => {
  shards = await startShards(dir, 2);
  checks = await openChecks(shards.url);
  const { store } = checks;
  const keys = KEYS.map((keyId) => keyVersion({ keyId, limitPerMinute: 10, validFrom: now - 90 * DAY }));
  const met = keyVersion({ keyId: "met", limitPerMinute: null, fingerprints: [PRINT], validFrom: now - 90 * DAY });
  await store.registry.insertKeys([...keys, met], "test");
  const hour = Array<number>(60).fill(9);
  const events = [
    ...KEYS.flatMap((keyId) => perMinute(keyId, now - 3 * HOUR, hour, {}, "203.0.113.7")),
    ...STRAYS.flatMap((keyId) => perMinute(keyId, now - 2 * HOUR, [4], {}, "203.0.113.9")),
    ...perMinute(FORMER, now - 2 * HOUR, [77], {}, "198.51.100.7"),
  ];
  for (const { shard, data } of shardBlocksOf([{ source: "test", events }], 2))
    await openRequestWriter(store, shard).insertBlock([data], `views.${shard}`);
});
after(async () => {
  await checks?.close();
  await shards?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("keys of all shards are near their limit, in a network, without a registration and in a list by their requests", async () => {
  const { store } = checks;
  // None of it would show anything if one shard had all.
  assert.equal(new Set(KEYS.map((keyId) => shardOf(keyId, 2))).size, 2);
  assert.equal(new Set(STRAYS.map((keyId) => shardOf(keyId, 2))).size, 2);
  const near = await store.view.readNearLimit({ from: now - DAY, to: now }, 750, 100);
  assert.deepEqual(
    near.map((one) => [one.key_id, one.worst_requests]),
    KEYS.map((keyId) => [keyId, 540]),
  );
  const usersOf = async (text: string) => {
    const { users } = await readNetworkUse(store, parseWantedNetwork(text)!, now);
    return users.map(({ keyId, servedSince }) => `${keyId} ${servedSince === null ? "never" : "served"}`).toSorted();
  };
  const served = (ids: readonly string[]) => ids.map((keyId) => `${keyId} served`);
  assert.deepEqual(await usersOf("203.0.113.7"), served(KEYS));
  assert.deepEqual(await usersOf("203.0.113.0/24"), served([...KEYS, ...STRAYS]));
  assert.deepEqual(await usersOf("203.0.0.0/16"), served([...KEYS, ...STRAYS]));
  assert.deepEqual(await usersOf("AS64500"), served([...KEYS, "met", ...STRAYS]));
  assert.deepEqual([...(await store.registry.readFormerIds("all"))], [["met", [FORMER]]]);
  assert.deepEqual(
    (await store.registry.readUnregisteredKeys(10)).map(({ keyId }) => keyId),
    STRAYS,
  );
  const question = { owner: "", service: "", provider: "", environment: "", state: "", hygiene: "" } as const;
  const { rows } = await readKeyList(store, { ...question, sort: "requests", isDescending: true }, now, {
    skipped: 0,
    most: 8,
  });
  assert.deepEqual(
    rows.map(({ keyId, usage }) => `${keyId} ${usage?.requests}`),
    [...KEYS.map((keyId) => `${keyId} 540`), "met 77", "stray-0 4"],
  );
});

test("other keys at an address, and unregistered ones in use, are those of all shards", async () => {
  const { store } = checks;
  const blocks = ["203.0.113.7/32"];
  const span = { from: now - DAY, to: now, onset: now - 2 * HOUR };
  const others = await store.page.readOtherKeys({ keyIds: ["k-0"], ...span, blocks, sharedFrom: 20, most: 20 });
  assert.deepEqual(others.listed.map(({ keyId }) => keyId).toSorted(), [...KEYS.slice(1), ...STRAYS]);
  const used = { from: now - DAY, until: now };
  const wish = { used, served: used, registry: { at: now, visible: Date.now() + DAY }, most: 10 };
  const found = await store.check.readUnregisteredInUse(wish, null);
  assert.deepEqual(found.map(({ keyId }) => keyId).toSorted(), [FORMER, ...STRAYS]);
});
