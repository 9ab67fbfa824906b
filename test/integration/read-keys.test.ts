import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../src/secret.js";
import { openStore } from "../../src/store/store.js";
import { openChecks } from "../helpers/open-checks.js";
import { keyVersion } from "../helpers/key-version.js";

const [DAY, NOW] = [86_400_000, Date.now()];

test("a registry read again is the one of its instant: changes are seen, former versions stay, and whoever wrote them", async () => {
  const checks = await openChecks();
  const { store } = checks;
  try {
    const ownersAt = async (at: number) =>
      [...(await store.registry.readKeys(at, await store.readClock()))].map(
        ([keyId, { owner }]) => `${keyId} ${owner}`,
      );
    await store.registry.insertKeys([keyVersion({ keyId: "k", owner: "ana", validFrom: NOW - 2 * DAY })], "first");
    assert.deepEqual(await ownersAt(NOW), ["k ana"]);
    // Another process writes through a client of its own.
    const other = openStore(new Secret(checks.url));
    await other.registry.insertKeys([keyVersion({ keyId: "k", owner: "bo", validFrom: NOW - DAY })], "second");
    await other.close();
    assert.deepEqual(await ownersAt(NOW), ["k bo"]);
    assert.deepEqual(await ownersAt(NOW - 1.5 * DAY), ["k ana"]);
    await store.registry.insertKeys([keyVersion({ keyId: "l", owner: "cy", validFrom: NOW + DAY })], "third");
    assert.deepEqual(await ownersAt(NOW), ["k bo"]);
    assert.deepEqual(await ownersAt(NOW + 2 * DAY), ["k bo", "l cy"]);
    assert.deepEqual(await ownersAt(NOW - 3 * DAY), []);
    // What did not change is read once, also by those who ask at the same time.
    const visible = await store.readClock();
    const [one, same] = await Promise.all([
      store.registry.readKeys(NOW, visible),
      store.registry.readKeys(NOW, visible),
    ]);
    assert.equal(one, same);
  } finally {
    await checks.close();
  }
});
