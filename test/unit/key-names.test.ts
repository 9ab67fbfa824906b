import assert from "node:assert/strict";
import { test } from "node:test";
import { displayOf } from "../../src/model/key/key-fingerprint.js";
import { keyName } from "../../src/model/key/key.js";
import { namedKey } from "../../src/model/finding/headline.js";
import type { FleetRow } from "../../src/pipeline/view/read-fleet.js";
import { fleetPage } from "../../src/web/fleet-page.js";
import { keyVersion } from "../helpers/key-version.js";

const rawKeys = ["7Qd9xV2mKp4sT8wZ", "x1LkB4vNc6YpR3tG"].map((secret) => ["sk", "live", secret].join("_"));
const keys = ["ml-embeddings", "ml-search"].map((keyId, index) =>
  keyVersion({ keyId, display: displayOf(rawKeys[index]!), owner: "ml" }),
);

test("keys too short to show an end of are told apart by their ids in headlines and in the fleet, and no more of them is shown", () => {
  assert.equal(new Set(keys.map(({ display }) => display)).size, 1, "what may be shown of them is the same");
  assert.deepEqual(
    keys.map((key) => namedKey(key.keyId, key).name),
    ["ml-embeddings", "ml-search"],
  );
  const row = (keyId: string): FleetRow => ({
    keyId,
    observedBy: "gateway",
    requests: 1,
    spendMicros: 0,
    throttled: 0,
    busiestMinute: 1,
    hours: [],
    state: "ok",
    incidents: 0,
    atRiskMicros: null,
    unknownHours: null,
    formerIds: [],
  });
  const page = fleetPage({
    at: 0,
    incidents: [],
    keys: keys.map(({ keyId }) => row(keyId)),
    dearestAt: 0,
    registry: new Map(keys.map((key) => [key.keyId, key])),
    checkedUntil: undefined,
  });
  assert.match(page, />ml-embeddings<[^]*>ml-search</);
});

test("a key is called by a display that tells it from others, and by its id without one", () => {
  assert.equal(keyName({ display: "plk_…2d8e" }, "k1"), "plk_…2d8e");
  assert.equal(keyName({ display: "checkout's own" }, "k1"), "checkout's own");
  for (const key of [{ display: "" }, { display: "…" }, null, undefined]) assert.equal(keyName(key, "k1"), "k1");
});
