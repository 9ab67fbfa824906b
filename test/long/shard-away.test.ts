import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { checkKeys } from "../../src/pipeline/check/check-keys.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { shardOf } from "../../src/store/clickhouse/shard-of.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { smallFleet, type SmallFleet } from "../helpers/small-fleet.js";
import { startShards } from "../helpers/start-shards.js";

const [SEED, MINUTE, SETTLED] = [7, 60_000, 45_000];
const T0 = Date.parse("2026-03-11T14:00:00Z");
/** Both are stolen when the second server goes, and over an hour later. */
const [GONE, BACK] = [T0 + 6 * MINUTE, T0 + 90 * MINUTE];
/** In turn: a server that ended, and one that is there and says nothing. */
const WAYS = ["killed", "frozen"] as const;

const isOfFirst = ({ keyId, subject }: Finding) => subject === null && keyId !== null && shardOf(keyId, 2) === 0;
/** The newest findings, without when they were found. */
const newest = (found: readonly Finding[]) =>
  [...new Map(found.map(({ asOf: _, ...finding }) => [finding.findingId, finding])).values()].toSorted((a, b) =>
    a.findingId < b.findingId ? -1 : 1,
  );

for (const way of WAYS)
  test(`a server that is ${way} holds up the checks of its own keys alone, and all is judged as on one server once it is back`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "plimsoll-shards-"));
    const shards = await startShards(dir, 2);
    const fleet = smallFleet(SEED, T0, T0 + MINUTE);
    const stolen = [0, 1].map((shard) => fleet.keys.find((key) => shardOf(key, 2) === shard)!);
    const [one, two] = [await openChecks(), await openChecks(shards.url)];
    t.after(async () => {
      await Promise.all([one.close(), two.close()]);
      await shards.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    for (const story of [one, two]) await begin(story, fleet, stolen);
    const open = await readOpenIncidents(two.store);
    for (const key of stolen)
      assert.ok(
        open.some(({ keyId }) => keyId === key),
        `${key} is not found stolen`,
      );

    const before = two.found.length;
    const server = shards.servers[1]!;
    if (way === "killed") await server.kill();
    else process.kill(server.pid, "SIGSTOP");
    await checkKeys(two.deps, GONE + 3 * MINUTE + SETTLED);
    await checkKeys(two.deps, BACK + SETTLED);
    const during = two.found.slice(before);
    assert.ok(during.every(isOfFirst), "what was read lacks the rows of others");
    const runs = await two.runsSince(GONE);
    assert.deepEqual([...new Set([...runs.values()].flat())], ["live in_part"]);
    assert.equal(runs.size, (BACK - GONE) / MINUTE);
    const still = await readOpenIncidents(two.store);
    assert.ok(
      still.some(({ keyId, quiet }) => keyId === stolen[1] && !quiet),
      "no time passed for what was not looked at",
    );

    if (way === "killed") await shards.restart(1);
    else process.kill(server.pid, "SIGCONT");
    await checkKeys(two.deps, BACK + MINUTE + SETTLED);
    const after = await two.runsSince(GONE);
    assert.ok(
      [...after.values()].every((of) => of.at(-1)!.endsWith(" evaluated")),
      JSON.stringify([...after]),
    );

    for (const at of [GONE + 3 * MINUTE, BACK, BACK + MINUTE]) await checkKeys(one.deps, at + SETTLED);
    assert.deepEqual(
      newest(during),
      newest(one.found.filter((finding) => isOfFirst(finding) && finding.tick > GONE && finding.tick <= BACK)),
    );
    assert.deepEqual(newest(two.found), newest(one.found));
  });

/** Ten days, both thefts, and what comes until the end: checked until the server goes. */
async function begin({ store, deps }: OpenChecks, fleet: SmallFleet, stolen: readonly string[]): Promise<void> {
  await fleet.insertRegistry(store);
  await fleet.insert(store, 0, T0);
  await learnBaselines(deps, T0 + SETTLED, T0);
  const thefts = stolen.flatMap((key_id, i) =>
    Array.from({ length: (BACK - T0) / MINUTE }, (_, minute) => ({
      ts: new Date(T0 + minute * MINUTE + 5000).toISOString(),
      key_id,
      source_ip: `203.0.113.${9 + i}`,
      count: 400,
      route: "/v1/charges",
      status: 200,
    })),
  );
  await fleet.insert(store, T0, BACK + 2 * MINUTE, thefts);
  await checkKeys(deps, GONE + SETTLED);
}
