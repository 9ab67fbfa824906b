import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { summaryText } from "../../src/model/finding/headline.js";
import { checkRules } from "../../src/pipeline/check/rules/check-rules.js";
import { ticksBetween } from "../../src/time/ticks.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { KEYS, ofMinutes, RULE_TRAFFIC, T0 } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openChecks();
  await checks.store.registry.insertKeys(KEYS, "keys");
  await insertEvents(checks.store, RULE_TRAFFIC);
});
after(() => checks.close());

const findingsOfTried = async (hour: number) => {
  const { store } = checks;
  const asOf = await store.readClock();
  const keys = await store.registry.readKeys(hour + HOUR, asOf);
  const span = { hour, ticks: ticksBetween(hour, hour + HOUR) };
  const findings = await checkRules({ store }, span, asOf, "rollups", keys);
  return findings.filter(({ keyId }) => keyId === "tried");
};

test("callers that kept a revoked key are told with their names and that nobody should roll back", async () => {
  const stale = (await findingsOfTried(T0)).filter(({ cause }) => cause === "stale_callers");
  // The tenth refusal in an hour is told, and the full hour.
  assert.deepEqual(
    stale.map(({ tick, severity }) => `${(tick - T0) / MINUTE} ${severity}`),
    ["10 warning", "60 warning"],
  );
  assert.match(
    summaryText(stale[0]!),
    /^tried: 10 requests refused in an hour to its own callers.*: curl\/8 at 10\.1\.77\.5$/,
  );
  assert.match(String(figuresOf(stale[0]!)["what_to_do"]), /^Do not roll back/);
});

test("a client that the key never had is no stale caller, also behind a network that it had", async () => {
  const at = T0 + 5 * HOUR;
  const attacker = { status: 401, userAgent: "thief/1" };
  await insertEvents(checks.store, perMinute("tried", at, ofMinutes(20, 1), attacker, "10.1.77.6"));
  const causes = (await findingsOfTried(at)).map(({ cause }) => cause);
  assert.deepEqual([...new Set(causes)], ["revoked_use"]);
});
