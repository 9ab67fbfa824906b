import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { acceptEvents } from "../helpers/accept-events.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { rules } from "../helpers/ingest-rules.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Today's midnight: what is backdated is so by the clock of ClickHouse. */
const TODAY = Math.floor(Date.now() / DAY) * DAY;
/** Keys are five days old when an attacker comes, more than a day ago. */
const BORN = TODAY - 7 * DAY;
const THEFT = TODAY - 37 * HOUR;
const [HOME, THIEF] = ["20.1.2.3", "45.9.8.7"];
const KEYS = ["untouched", "backdated", "imported"];

let checks: OpenChecks;
let inserts = 0;
let findings: readonly Finding[] = [];

async function insert(events: readonly object[], isHistory: boolean): Promise<void> {
  const networkOf = (address: string) =>
    address.includes(THIEF) ? { asn: 64_501, type: "hosting" as const } : { asn: 64_500, type: "cloud" as const };
  for (let i = 0; i < events.length; i += 5000) {
    const body = Buffer.from(JSON.stringify(events.slice(i, i + 5000)));
    const accepted = acceptEvents(body, "json", rules({ networkOf, isHistory }));
    assert.ok(accepted.kind === "events" && accepted.rejected === 0);
    for (const block of blocksOf([{ source: "test", events: accepted.events }])) {
      await insertPieces(checks.store.client, [block.data], `block ${(inserts += 1)}`);
    }
  }
}

before(async () => {
  checks = await openChecks();
  for (const key_id of KEYS) {
    const own = Array.from({ length: (THEFT + HOUR - BORN) / (5 * MINUTE) }, (_, i) => {
      return { ts: BORN + i * 5 * MINUTE, key_id, source_ip: HOME, count: 20 + (i % 7) };
    });
    await insert(own, true);
    const stolen = Array.from({ length: 60 }, (_, i) => ({
      ts: THEFT + i * MINUTE,
      key_id,
      source_ip: THIEF,
      count: 60,
    }));
    await insert(stolen, true);
  }
  // One request each, three weeks before the key was born, from the attacker's network.
  const early = (key_id: string) => [{ ts: TODAY - 27 * DAY, key_id, source_ip: THIEF }];
  await insert(early("backdated"), false);
  await insert(early("imported"), true);
  await learnBaselines(checks.deps, Date.now(), TODAY - 2 * DAY);
  const ticks = [15, 30, 45, 60].map((minute) => THEFT + minute * MINUTE);
  findings = (await checkSpan(checks.deps, { hour: THEFT, ticks }, await checks.store.readClock(), "rollups")).findings;
});
after(async () => checks.close());

/** The network that all were used from is told by one of them. */
const verdictsOn = (key: string) =>
  findings
    .filter(({ keyId, cause, subject }) => keyId === key && cause === "leak" && subject === null)
    .map(({ tick, score, severity, onset }) => ({ tick, score, severity, onset }));

test("a row that comes weeks late moves no key's birth, and makes no network older than a day before it came", async () => {
  const births = new Map(
    (await checks.store.check.readBirths(Date.now(), null)).map((birth) => [birth.keyId, birth.bornAt]),
  );
  assert.deepEqual(births.get("backdated"), BORN);
  assert.deepEqual(births.get("untouched"), BORN);
  const seen = await checks.ask<{ key_id: string; seen_s: number }>(
    `SELECT key_id, toUnixTimestamp(min(first_at)) AS seen_s FROM first_seen WHERE level = 'ip' AND value = '::ffff:${THIEF}' GROUP BY key_id`,
  );
  const seenAt = new Map(seen.map((row) => [row.key_id, row.seen_s * 1000]));
  assert.equal(seenAt.get("backdated"), THEFT);
  assert.equal(seenAt.get("imported"), TODAY - 27 * DAY);
});

test("an attacker who sends one backdated row is judged to the digit as one who sends none", () => {
  assert.ok(verdictsOn("untouched").some(({ severity }) => severity === "critical" || severity === "error"));
  assert.deepEqual(verdictsOn("backdated"), verdictsOn("untouched"));
});

test("what an administrator imports as history counts: its networks are known and its keys as old as it says", async () => {
  const births = await checks.store.check.readBirths(Date.now(), null);
  assert.equal(births.find(({ keyId }) => keyId === "imported")?.bornAt, TODAY - 27 * DAY);
  assert.ok(!verdictsOn("imported").some(({ severity }) => severity === "critical" || severity === "error"));
});

test("a check on raw rows as of now comes to what the roll-ups gave, backdated rows included", async () => {
  const span = { hour: THEFT, ticks: [15, 30, 45, 60].map((minute) => THEFT + minute * MINUTE) };
  const asOf = await checks.store.readClock();
  const raw = await checkSpan(checks.deps, span, asOf, "raw_rows");
  assert.deepEqual(
    raw.findings.map(({ asOf: _, ...finding }) => finding),
    findings.map(({ asOf: _, ...finding }) => finding),
  );
});
