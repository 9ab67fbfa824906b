import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IncidentStep } from "../../src/incident/step-incidents.js";
import { replayChecks } from "../../src/pipeline/replay/replay-checks.js";
import { DAY, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { openUsualFleet, type UsualFleet } from "../helpers/usual-fleet.js";

// Three attackers at 80 a minute under a limit of 100, each in a network of their own, judged every quarter of an hour by the live check.
let fleet = undefined as unknown as UsualFleet;
const steps: IncidentStep[] = [];
before(async () => {
  fleet = await openUsualFleet(16, 6);
  const { checks, now } = fleet;
  await fleet.insertUsual(now, now + 5 * DAY + 12 * HOUR);
  const steal = async (key: string, asn: number, condition: string) =>
    checks.store.client.command({
      query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, spend_micros, ingest_source, is_history)
        SELECT fromUnixTimestamp64Milli(toInt64(${now} + number * ${MINUTE})), '${key}', 'gateway', toIPv6('::ffff:${asn - 64_400}.51.7.7'),
          ${asn}, 'hosting', 200, 80, 120000, 'gw', true FROM numbers(${(4 * DAY) / MINUTE}) WHERE ${condition}`,
      clickhouse_settings: { max_partitions_per_insert_block: "1000" },
    });
  await steal("key_0", 64_501, "number < 1440");
  await steal("key_1", 64_502, "number < 1440 AND number % 10 = 0");
  await steal("key_2", 64_503, "number % 1440 < 360");
  const { budget, unregisteredKeys } = checks.deps;
  const onStep = async (step: IncidentStep) => void steps.push(step);
  const { signal } = new AbortController();
  const deps = { store: checks.store, budget, unregisteredKeys, onStep, onTick: () => {}, signal };
  await replayChecks(deps, { from: now, to: now + 5 * DAY + 12 * HOUR, stepMinutes: 15 });
});
after(() => fleet.close());

/** Steps of a key's leak, and for how much of the time from the begin of the theft to its end it was open. */
function lifeOf(keyId: string, lasts: number) {
  const own = steps.map(({ transition }) => transition).filter((one) => one.keyId === keyId && one.subject === null);
  const { now } = fleet;
  let [openMs, openedAt] = [0, Infinity];
  for (const { kind, at } of [...own, { kind: "resolved" as const, at: now + lasts }]) {
    const until = Math.min(at, now + lasts);
    if (kind === "resolved") [openMs, openedAt] = [openMs + Math.max(0, until - openedAt), Infinity];
    else openedAt = Math.min(openedAt, at);
  }
  const ends = own.filter(({ kind }) => kind === "resolved").map(({ at }) => at - now);
  const told = own.filter(({ kind }) => kind === "opened" || kind === "reopened" || kind === "escalated");
  return { incidents: new Set(own.map((one) => one.incidentId)).size, share: openMs / lasts, ends, told: told.length };
}

test("a leak of 24 hours at 80 of 100 keeps its one incident open for 95 % of it, and ends only after a clean day", (t) => {
  const { incidents, share, ends, told } = lifeOf("key_0", DAY);
  t.diagnostic(`open for ${(share * 100).toFixed(2)} %, told ${told} times`);
  assert.equal(incidents, 1);
  assert.ok(share >= 0.95, `${share}`);
  assert.ok(ends.length === 1 && ends[0]! >= 2 * DAY, ends.map((at) => at / HOUR).join());
});

test("an attacker who works one minute in ten has one incident that does not end while they are at it", () => {
  const { incidents, share, ends } = lifeOf("key_1", DAY);
  assert.equal(incidents, 1);
  assert.ok(share >= 0.95 && ends.every((at) => at >= 2 * DAY), `${share} ${ends.join()}`);
});

test("an attacker who works nights only has one incident over all nights", () => {
  const { incidents, ends } = lifeOf("key_2", 3 * DAY + 6 * HOUR);
  assert.equal(incidents, 1);
  assert.ok(
    ends.every((at) => at >= 4 * DAY),
    ends.map((at) => at / HOUR).join(),
  );
});
