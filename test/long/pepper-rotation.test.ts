import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fingerprintOf, pepperIdOf, pepperOf, unknownKeyId } from "../../src/model/key/key-fingerprint.js";
import { carryFingerprints } from "../../src/pipeline/registry/migrate-fingerprints.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks } from "../helpers/open-checks.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const secretOf = (name: string) => ["sk", "live", `${name}AbCdEfGhIjKlMnOpQrStUv`].join("_");
const [REGISTERED, STRANGER] = [secretOf("registered"), secretOf("stranger")];
const NEW_PEPPER = "the pepper that comes into force now";

type Version = { recorded_by: string; origin: string; prints: string[] };

test("a key registered by a raw key and one that nobody registered keep their ids through a change of the pepper, by two serves at once, and after it", async (t) => {
  const plimsoll = await startWholePlimsoll(t);
  const file = join(plimsoll.dir, "keys.json");
  writeFileSync(file, JSON.stringify([{ key_id: "payments", key: REGISTERED }]));
  const imported = await plimsoll.plimsoll("keys", "import", file);
  assert.equal(imported.code, 0, imported.output);
  await plimsoll.startWork();
  const send = async () => {
    const ts = new Date().toISOString();
    const lines = [REGISTERED, STRANGER].map((key) => JSON.stringify({ ts, key, source_ip: "203.0.113.7" }));
    assert.equal((await plimsoll.post(lines.join("\n"))).status, 202);
  };
  const fates = async () =>
    plimsoll.ask<Version>(
      "SELECT recorded_by, origin, arrayMap(p -> toString(p), fingerprints) AS prints FROM key_versions ORDER BY recorded_at",
    );
  const unmet = async () => {
    const { output } = await plimsoll.plimsoll("doctor", "--json");
    const { checks } = JSON.parse(output) as { checks: { check: string; state: string; found: string }[] };
    return checks.find(({ check }) => check === "pepper rotation");
  };
  const former = await plimsoll.startServe();
  await send();
  await former.stop();
  assert.equal(await unmet(), undefined, "nothing is said of a change that is not under way");

  plimsoll.changeEnv({ PLIMSOLL_KEY_PEPPER: NEW_PEPPER, PLIMSOLL_KEY_PEPPER_PREVIOUS: plimsoll.pepper });
  const before = await unmet();
  assert.deepEqual([before?.state, before?.found.startsWith("1 of 1 ")], ["warn", true]);
  assert.match(
    (await plimsoll.plimsoll("keys", "list")).output,
    /1 registered key .*not yet used under PLIMSOLL_KEY_PEPPER/,
  );
  const serves = [];
  for (let n = 0; n < 2; n += 1) {
    serves.push(await plimsoll.startServe());
    await send();
  }
  await until("both keys are carried over", async () => {
    const [met] = await plimsoll.ask<{ n: number }>(
      "SELECT count() AS n FROM key_fingerprints FINAL WHERE key_id != ''",
    );
    return met?.n === 2;
  });
  for (const serve of serves) await serve.stop();
  const [old, fresh] = [pepperOf(plimsoll.pepper), pepperOf(NEW_PEPPER)];
  const versions = await fates();
  const prints = [fingerprintOf(fresh, REGISTERED), fingerprintOf(old, REGISTERED)];
  assert.deepEqual(versions.at(-1), { recorded_by: "", origin: "pepper_rotation", prints });
  assert.deepEqual(versions[0]?.prints, prints.slice(1));
  assert.equal((await unmet())?.state, "ok");

  plimsoll.changeEnv({ PLIMSOLL_KEY_PEPPER_PREVIOUS: "" });
  await plimsoll.startServe();
  await send();
  await plimsoll.untilRecorded();
  const seen = await plimsoll.ask(
    "SELECT key_id, toUInt32(count()) AS n FROM requests GROUP BY key_id ORDER BY key_id",
  );
  assert.deepEqual(seen, [
    { key_id: unknownKeyId(fingerprintOf(old, STRANGER)), n: 4 },
    { key_id: "payments", n: 4 },
  ]);
  assert.deepEqual(await plimsoll.store.audit.readKeysOfFingerprints([fingerprintOf(fresh, STRANGER)], []), [
    unknownKeyId(fingerprintOf(old, STRANGER)),
  ]);
});

test("carrying is idempotent, also by two at once, reaches versions that will count, and overrides none that is written meanwhile", async () => {
  const checks = await openChecks();
  const { store } = checks;
  try {
    const [old, fresh] = ["a", "b"].map((digit) => digit.repeat(64)) as [string, string];
    const now = Date.parse("2026-03-02T00:00:00Z");
    const key = keyVersion({ keyId: "k", fingerprints: [old], limitPerMinute: 100 });
    const pepper = pepperIdOf(pepperOf(NEW_PEPPER));
    await store.registry.insertKeys([key, { ...key, limitPerMinute: 200, validFrom: now + 1000 }], "first", "ann");
    const carry = () => carryFingerprints(store, pepper, [{ fingerprint: fresh, keyId: "k" }], now);
    // Written by somebody after the versions were read: it begins later than what is rewritten.
    const racing = {
      ...store,
      registry: {
        ...store.registry,
        readKeyVersions: async (keys: readonly string[] | "all") => {
          const versions = await store.registry.readKeyVersions(keys);
          await store.registry.insertKeys([{ ...key, revokedAt: now, validFrom: now }], "revoked", "bob");
          return versions;
        },
      },
    };
    await carryFingerprints(racing, pepper, [{ fingerprint: fresh, keyId: "k" }], now);
    const asOf = await store.readClock();
    assert.equal((await store.registry.readKeys(now, asOf)).get("k")?.revokedAt, now, "the revocation counts");
    await Promise.all([carry(), carry()]);
    await carry();
    const rows = await checks.ask<{ at: number; prints: number; author: string; origin: string }>(
      "SELECT toUInt32(toUnixTimestamp(valid_from)) AS at, toUInt32(length(fingerprints)) AS prints, recorded_by AS author, origin FROM key_versions ORDER BY valid_from, recorded_at",
    );
    const of = (at: number, author: string) => [
      { at, prints: 1, author, origin: "change" },
      { at, prints: 2, author: "", origin: "pepper_rotation" },
    ];
    const seconds = now / 1000;
    assert.deepEqual(rows, [...of(0, "ann"), ...of(seconds, "bob"), ...of(seconds + 1, "ann")]);
    const authors = await store.audit.readVersionAuthors(now);
    assert.deepEqual([...authors.values()].toSorted(), ["ann", "bob"], "who changed a key is still said");
    assert.equal((await store.registry.readKeys(now + 2000, await store.readClock())).get("k")?.limitPerMinute, 200);
  } finally {
    await checks.close();
  }
});
