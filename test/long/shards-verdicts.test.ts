import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { smallFleet } from "../helpers/small-fleet.js";
import { startShards } from "../helpers/start-shards.js";

const SEED = Number(process.env["TEST_SEED"] ?? 7);
const [MINUTE, SETTLED] = [60_000, 45_000];
const T0 = Date.parse("2026-03-11T14:00:00Z");

test("the same traffic on one server and on two brings the same findings, byte for byte, as it comes and late", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-shards-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const shards = await startShards(dir, 2);
  t.after(() => shards.stop());
  const stories = [await openChecks(), await openChecks(shards.url)];
  try {
    const told = await Promise.all(stories.map(tellStory));
    assert.ok(told[0]!.length > 0);
    assert.deepEqual(told[1], told[0]);
  } finally {
    await Promise.all(stories.map((story) => story.close()));
  }
});

async function tellStory({ store, deps, found }: OpenChecks): Promise<readonly string[]> {
  const fleet = smallFleet(SEED, T0, T0 + MINUTE);
  await fleet.insertRegistry(store);
  await fleet.insert(store, 0, T0);
  await learnBaselines(deps, T0 + SETTLED, T0);
  await fleet.insert(store, T0, T0 + 6 * MINUTE);
  await checkKeys(deps, T0 + 6 * MINUTE + SETTLED);
  const late = {
    ts: new Date(T0 + 3 * MINUTE).toISOString(),
    key_id: fleet.stolen,
    source_ip: "203.0.113.9",
    count: 500,
  };
  await fleet.insert(store, 0, 0, [{ ...late, route: "/v1/charges", status: 200 }]);
  await checkKeys(deps, T0 + 6 * MINUTE + SETTLED);
  return found.map(({ asOf: _, ...finding }) => JSON.stringify(finding));
}
