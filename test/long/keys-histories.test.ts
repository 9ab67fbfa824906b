import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fingerprintOf, pepperOf, unknownKeyId } from "../../src/model/key/key-fingerprint.js";
import { lineagesOf } from "../../src/model/key/lineage.js";
import { openKeysBench, rawKey, type KeysBench } from "../helpers/keys-bench.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const MINUTE = 60_000;
const PEPPER = "0123456789abcdef0123456789abcdef";
const nameOf = (raw: string) => unknownKeyId(fingerprintOf(pepperOf(PEPPER), raw));
const former = nameOf(rawKey);
let bench = undefined as unknown as KeysBench;

before(async () => {
  bench = await openKeysBench();
  const from = Math.floor(Date.now() / MINUTE) * MINUTE - 30 * MINUTE;
  await insertEvents(bench.store, perMinute(former, from, Array<number>(29).fill(3)));
});
after(() => bench.close());

const newest = async (keyId: string) => (await bench.store.registry.readKeyVersions([keyId])).at(-1);
const countVersions = async () => (await bench.store.registry.readKeyVersions("all")).length;

test("a raw key that was used before it is registered joins that history, is told so, and keeps it when it is imported again without the key", async () => {
  const dry = await bench.keys(["import", "-", "--dry-run"], JSON.stringify([{ key_id: "billing", key: rawKey }]));
  assert.match(dry.stdout, new RegExp(`billing was used before under the id ${former}`));
  assert.equal(await countVersions(), 0);
  const { code, stdout } = await bench.importAll([
    { key_id: "billing", key: rawKey, owner: "ana" },
    { key_id: "unused", key: `${rawKey}X` },
  ]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    new RegExp(`^billing was used before under the id ${former}, and keeps that history\n2 new`, "m"),
  );
  assert.deepEqual([(await newest("billing"))?.replaces, (await newest("unused"))?.replaces], [former, ""]);
  const keys = await bench.store.registry.readKeys(Date.now(), Date.now() + MINUTE);
  assert.deepEqual(lineagesOf(keys).get("billing"), [former]);

  await bench.importAll([{ key_id: "billing", key: rawKey, owner: "ana" }]);
  assert.equal(await countVersions(), 2, "the same again changes nothing");
  await bench.importAll([{ key_id: "billing", owner: "bo" }]);
  const kept = await newest("billing");
  assert.deepEqual([kept?.owner, kept?.replaces], ["bo", former]);
});

test("revoking sees the use that the raw key had under its former name, and refuses while callers would break", async () => {
  const { code, stderr } = await bench.keys(["revoke", "billing"]);
  assert.equal(code, 1);
  assert.match(stderr, /used/);
  assert.equal((await newest("billing"))?.revokedAt, null);
  assert.equal((await bench.keys(["revoke", "unused"])).code, 0);
});

test("who says what a key replaces is not contradicted, and a key with a history of its own may still follow another", async () => {
  const other = ["sk", "live", "72QwErTyUiOpAsDfGhJkLzXc"].join("_");
  await insertEvents(bench.store, perMinute(nameOf(other), Date.now() - 5 * MINUTE, [1]));
  await bench.importAll([{ key_id: "told", key: other, replaces: "unused" }]);
  assert.equal((await newest("told"))?.replaces, "unused");
  await bench.importAll([{ key_id: "source" }]);
  assert.equal((await bench.keys(["rotate", "source", "--to", "billing"])).code, 0);
  assert.equal((await newest("billing"))?.replaces, "source");
});
