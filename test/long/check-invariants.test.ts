import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../src/local/simulator/random.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { keyDaysPerFalseAlarm } from "../../src/detect/threshold.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { TestEvent } from "../helpers/random-traffic.js";
import { ALLOWED, drawTraffic } from "../helpers/random-traffic.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { budgetPer1000 } from "../helpers/budget-per-1000.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_260_308);
const [MINUTE, HOUR] = [60_000, 3_600_000];
const DAY = Date.parse("2026-03-08T00:00:00Z");
const HOURS = [DAY, DAY + 15 * HOUR];
/** The last judged instant: what comes later must not matter. */
const UNTIL = HOURS.at(-1)! + HOUR;

const all = drawTraffic(SEED, DAY);
const events = all.filter(({ ts }) => ts < UNTIL);
const opened: OpenChecks[] = [];

after(async () => Promise.all(opened.map(async (checks) => checks.close())));

/** Every finding of some hours in a database that holds events in the order given; nothing of when it was computed. */
async function findingsOf(ordered: readonly TestEvent[], perInsert: number): Promise<string> {
  const checks = await openChecks();
  opened.push(checks);
  const { store, deps } = checks;
  await store.registry.insertKeys(
    Object.entries(ALLOWED).map(([keyId, allowedCidrs]) => keyVersion({ keyId, allowedCidrs, limitPerMinute: 5 })),
    "keys",
  );
  for (let i = 0; i < ordered.length; i += perInsert) {
    for (const [n, block] of blocksOf([{ source: "test", events: ordered.slice(i, i + perInsert) }]).entries()) {
      await insertPieces(store.client, [block.data], `${i}:${n}`);
    }
  }
  await learnBaselines(deps, Date.now(), DAY);
  // No threshold: every tick of every key with any evidence is compared.
  const [page, notice] = [4, 2].map((score) => 1000 / keyDaysPerFalseAlarm(score)) as [number, number];
  const budget = budgetPer1000(page, notice);
  const findings = [];
  for (const hour of HOURS) {
    const ticks = Array.from({ length: 12 }, (_, i) => hour + (i + 1) * 5 * MINUTE);
    const span = await checkSpan({ ...deps, budget }, { hour, ticks }, await store.readClock(), "rollups");
    findings.push(...span.findings.map(({ asOf: _, ...finding }) => finding));
  }
  assert.ok(findings.length > 50, `${findings.length} findings`);
  return JSON.stringify(findings, null, 1);
}

let expected = "";

before(async () => {
  expected = await findingsOf(events, 1000);
});

test(`a verdict does not change when later events are added (seed ${SEED})`, async () => {
  const later = all.filter(({ ts }) => ts >= UNTIL);
  assert.ok(later.length > 100);
  assert.equal(await findingsOf([...later, ...events], 1000), expected);
});

test(`neither the order of events nor how minutes are split into records matters (seed ${SEED})`, async () => {
  const random = new Random(SEED, "split");
  const split = events.flatMap((event): TestEvent[] => {
    // What failed was used if it cost something: both parts of it have to.
    const least = event.status >= 400 && event.spendMicros > 0 ? 1 : 0;
    if (event.count === 1 || event.spendMicros < 2 * least) return [event];
    const first = random.whole(1, event.count - 1);
    const spendMicros = random.whole(least, event.spendMicros - least);
    return [
      { ...event, count: first, spendMicros },
      { ...event, count: event.count - first, spendMicros: event.spendMicros - spendMicros },
    ];
  });
  assert.ok(split.length > events.length);
  assert.equal(await findingsOf(random.sample(split, Infinity), 700), expected);
});
