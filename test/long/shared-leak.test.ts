import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { HOUR, MINUTE } from "../helpers/incident-parts.js";
import { openUsualFleet, type UsualFleet } from "../helpers/usual-fleet.js";

const KEYS = 40;
let fleet = undefined as unknown as UsualFleet;
before(async () => void (fleet = await openUsualFleet(KEYS + 4)));
after(() => fleet.close());

test("40 keys that leak at once through one network are one incident that names them all; their own are folded into it", async () => {
  const { checks, now } = fleet;
  const [from, to] = [now, now + 20 * MINUTE];
  await fleet.insertUsual(from, to);
  await fleet.insertAttacker(from, to, KEYS, 8);
  const ticks = Array.from({ length: 20 }, (_, i) => from + (i + 1) * MINUTE);
  for (const tick of ticks) {
    const asOf = await checks.store.readClock();
    const { findings } = await checkSpan(
      checks.deps,
      { hour: Math.ceil(tick / HOUR) * HOUR - HOUR, ticks: [tick] },
      asOf,
      "rollups",
    );
    await checks.store.check.insertFindings(findings);
    await advanceIncidents(checks.deps, findings, [tick]);
  }
  const open = (await readOpenIncidents(checks.store)).filter(
    ({ subject }) => !["fleet", "owner", "service", "provider"].includes(subject?.kind ?? ""),
  );
  assert.deepEqual(
    open.map(({ subject, keys }) => [subject, keys.length]),
    [[{ kind: "network", network: "203.0.113.0/24" }, KEYS]],
  );
  const told = await checks.ask<{ key_id: string; subject: string; reason: string; told: number }>(
    `SELECT key_id, subject, argMax(reason, sequence) AS reason, toUInt32(countIf(kind IN ('opened', 'reopened', 'escalated'))) AS told
     FROM incident_transitions WHERE cause = 'leak' GROUP BY incident_id, key_id, subject`,
  );
  const own = told.filter(({ subject }) => subject === "");
  assert.ok(
    own.every(({ reason }) => reason === "folded"),
    JSON.stringify(own),
  );
  assert.ok(own.length < KEYS / 4, `${own.length} keys paged by themselves before`);
  const page = (await checks.store.page.readOutbox()).find(({ incidentId }) => incidentId.startsWith("leak/network/"));
  const { payload } = JSON.parse(page!.body) as { payload: { summary: string; custom_details: { keys: string[] } } };
  assert.match(
    payload.summary,
    /^\d+ keys: [\d,]+ requests from 203\.0\.113\.0\/24, a network new to every key, since 06:00 UTC/,
  );
});
