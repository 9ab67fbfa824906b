import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Finding } from "../../src/model/finding/finding.js";
import { toKeyEntry } from "../../src/model/key/key-entry.js";
import { toRules } from "../../src/model/key/rules-of-keys.js";
import { checkRules } from "../../src/pipeline/check/rules/check-rules.js";
import { tryRules } from "../../src/pipeline/check/rules/trial/try-rules.js";
import { spansByHour, ticksBetween } from "../../src/time/ticks.js";
import { openKeysBench, type KeysBench } from "../helpers/keys-bench.js";
import { KEYS, ofMinutes, RULE_TRAFFIC, T0 } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const DAYS = 2;
const UNTIL = T0 + 3 * HOUR;

let bench = undefined as unknown as KeysBench;

before(async () => {
  bench = await openKeysBench();
  await insertEvents(bench.store, RULE_TRAFFIC);
});

after(() => bench.close());

/** What is compared of a finding: all but when it was looked for. */
const toText = ({ asOf: _, ...finding }: Finding) => JSON.stringify(finding);

test("a trial tells exactly what checks of the same past, hour by hour, tell", async () => {
  const { store } = bench;
  const trial = await tryRules(store, KEYS, [], { now: UNTIL, days: DAYS });
  const asOf = await store.readClock();
  const keys = new Map(KEYS.map((key) => [key.keyId, key]));
  const from = UNTIL - DAYS * 24 * HOUR;
  const observed = new Set((await store.check.readObservedMinutes(from, UNTIL)).map(({ minute }) => minute + MINUTE));
  const checked: Finding[] = [];
  for (const span of spansByHour(ticksBetween(from, UNTIL).filter((tick) => observed.has(tick)))) {
    checked.push(...(await checkRules({ store }, span, asOf, "rollups", keys)));
  }
  assert.deepEqual(trial.findings.map(toText), checked.map(toText));
  assert.ok(checked.length > 10, `${checked.length} findings`);
  assert.equal(trial.observedMinutes, observed.size);
  const outside = trial.trials.find(({ cause }) => cause === "outside_allowed");
  // Opened as error and critical minutes later: one page, brought up to date.
  assert.deepEqual(outside, {
    cause: "outside_allowed",
    rule: "",
    entries: ["confined"],
    keys: ["confined"],
    counts: { incidents: 1, pages: 1, notices: 0 },
    firstAt: T0 + 23 * MINUTE,
    lastAt: T0 + HOUR,
    notEvaluated: [],
  });
  const busy = trial.trials.find(({ rule }) => rule === "busy");
  assert.deepEqual([busy?.entries, busy?.keys, busy?.counts.notices], [["*", "own"], ["busy"], 1]);
  assert.ok(busy?.notEvaluated[0]?.keys.includes("unlimited"));
});

test("only what a version adds or changes is tried, and the rule of a key that replaces one for all is heeded", async () => {
  const { store } = bench;
  const options = { now: UNTIL, days: DAYS };
  assert.deepEqual((await tryRules(store, KEYS, KEYS, options)).trials, []);
  const [all] = KEYS;
  const stricter = { ...all!, rules: toRules([{ ...all!.rules[0], percent: 90 }]) };
  const report = await tryRules(store, [stricter], KEYS, options);
  assert.deepEqual(
    report.trials.map(({ rule, entries, keys }) => [rule, entries, keys]),
    [["busy", ["*"], []]],
  );
});

test("an import says what its rules would have fired on before it writes them; a dry run writes nothing", async () => {
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  await insertEvents(bench.store, perMinute("held", now - 26 * HOUR, ofMinutes(30, 90)));
  const entries = [
    ...KEYS.filter(({ keyId }) => keyId === "*").map(toKeyEntry),
    {
      key_id: "held",
      limit_per_minute: 100,
      rules: [
        { kind: "spend", usd: 5, per: "day" },
        { kind: "budget_share", percent: 5 },
      ],
    },
  ];
  const dry = await bench.keys(["import", "-", "--dry-run", "--days", "3"], JSON.stringify(entries));
  assert.equal(dry.code, 0, dry.stderr);
  const fired = new Date(now - 26 * HOUR + 5 * MINUTE).toISOString().slice(0, 16).replace("T", " ");
  assert.match(dry.stdout, /in the last 3 days, of which (1 has|2 have) data/);
  assert.match(dry.stdout, new RegExp(`^busy +all keys +1 +1 +0 +1 +- +${fired} `, "m"));
  assert.match(dry.stdout, /^ {2}busy: fired on held$/m);
  assert.match(
    dry.stdout,
    /^ {2}5 % of the monthly budget: not evaluated.*held: monthly_budget_usd of the key is unknown$/m,
  );
  assert.match(dry.stdout, /^2 new, 0 changed, 0 unchanged; nothing was written$/m);
  assert.deepEqual(await bench.store.registry.readKeyVersions("all"), []);
  const json = await bench.keys(["import", "-", "--json", "--days", "3"], JSON.stringify(entries));
  const said = JSON.parse(json.stdout) as {
    new: number;
    trial: { rules: { rule: string; incidents: number; keys: string[] }[] };
  };
  assert.deepEqual(
    [said.new, said.trial.rules.map(({ rule, incidents }) => [rule, incidents])],
    [
      2,
      [
        ["busy", 1],
        ["$5 per day", 0],
        ["5 % of the monthly budget", 0],
      ],
    ],
  );
  assert.equal((await bench.store.registry.readKeyVersions("all")).length, 2);
  const again = await bench.keys(["import", "-"], JSON.stringify(entries));
  assert.equal(again.stdout, "0 new, 0 changed, 2 unchanged\n");
  assert.equal((await bench.keys(["import", "-", "--days", "0"], "[]")).code, 2);
});

test("the entry for all keys is listed as such, and is no key for analysts", async () => {
  const { stdout } = await bench.keys(["list"]);
  assert.match(stdout, /^\* +all keys: 1 rule +- +active$/m);
  const rows = await bench.store.client.query({ query: "SELECT key_id FROM keys", format: "JSONEachRow" });
  assert.deepEqual(await rows.json(), [{ key_id: "held" }]);
});
