import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { checkRules } from "../../src/pipeline/check/rules/check-rules.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from "../../src/time/day.js";
import { ticksBetween } from "../../src/time/ticks.js";
import { figuresOf } from "../helpers/incident-parts.js";
import { DAY, HOUR, openBoundlessSpend, POOR, RICH, ROWS, SUM, TICK } from "../helpers/boundless-spend.js";
import type { OpenChecks } from "../helpers/open-checks.js";
import { rollups } from "../helpers/rollup-sums.js";
import { novelWindows, usageWindows } from "../helpers/window-rows.js";

const BOUND = 2n ** 63n - 1n;
const MEASURES = ["bytes", "unit_millis", "spend_micros"] as const;

let checks = undefined as unknown as OpenChecks;

before(async () => {
  checks = await openBoundlessSpend();
});

after(() => checks.close());

const ask = async <Row>(query: string) => checks.ask<Row>(query);
const today = `{f} >= toDateTime(${DAY / 1000}, 'UTC')`;

test("a roll-up's sums are exact beyond 2^64, in one block and in many, before its parts are merged and after", async () => {
  for (const when of ["before", "after"]) {
    for (const rollup of rollups) {
      const time = rollup.endsWith("_hours") ? "hour" : "minute";
      const sums = MEASURES.map((name) => `toString(sum(r.${name}))`).join(", ");
      const rows = await ask<{ key_id: string; sums: string[] }>(
        `SELECT key_id, [${sums}] AS sums FROM ${rollup} AS r WHERE ${today.replace("{f}", time)} GROUP BY key_id ORDER BY key_id`,
      );
      const exact = (sum: bigint) => MEASURES.map(() => String(sum));
      assert.deepEqual(
        rows.map((row) => [row.key_id, row.sums]),
        [
          ["block", exact(SUM)],
          ["parts", exact(SUM)],
          [POOR.keyId, exact(POOR.sum)],
        ],
        `${rollup} ${when}`,
      );
      if (when === "before") await checks.store.client.command({ query: `OPTIMIZE TABLE ${rollup} FINAL` });
    }
  }
});

test("what analysts read stops at 2^63 - 1 and is exact below it", async () => {
  const span = (name: string, keyId: string) =>
    `${name}(key_id = '${keyId}', from = '2026-03-10 00:00:00', to = '2026-03-11 00:00:00')`;
  const views = (keyId: string): readonly (readonly [view: string, where: string, measures: readonly string[]])[] => [
    ["usage_per_hour", `key_id = '${keyId}' AND ${today.replace("{f}", "hour")}`, MEASURES],
    ["usage_per_day", `key_id = '${keyId}' AND day = '${dayOf(DAY)}'`, MEASURES],
    ["source_networks", `key_id = '${keyId}' AND source_ip = toIPv6('203.0.113.9')`, ["spend_micros"]],
    [span("key_sources", keyId), "1", ["spend_micros"]],
    [span("key_routes", keyId), "1", ["spend_micros"]],
    [span("key_dossier", keyId), "section IN ('usage', 'source', 'route')", ["spend_micros"]],
  ];
  for (const [keyId, sum] of [
    ["block", BOUND],
    ["parts", BOUND],
    [POOR.keyId, POOR.sum],
  ] as const) {
    for (const [view, where, measures] of views(keyId)) {
      const rows = await ask<Record<string, string>>(
        `SELECT ${measures.map((name) => `toString(${name}) AS ${name}_text`).join(", ")} FROM ${view} WHERE ${where}`,
      );
      assert.ok(rows.length > 0, view);
      for (const row of rows)
        assert.deepEqual(
          Object.values(row),
          measures.map(() => String(sum)),
          `${view} of ${keyId}`,
        );
    }
  }
  // Four rows of 2^60 a minute at the most: a minute's sum is whole where an hour's is not.
  for (const view of ["usage_per_minute", span("key_timeline", "block")]) {
    const [row] = await ask<{ n: string }>(
      `SELECT toString(sum(toUInt128(spend_micros))) AS n FROM ${view} WHERE ${view.startsWith("key") ? "1" : `key_id = 'block' AND ${today.replace("{f}", "minute")}`}`,
    );
    assert.equal(row?.n, String(SUM), view);
  }
});

test("every path by which checks, pages and people read spend gives all of it, from roll-ups and from raw rows", async () => {
  const { store } = checks;
  const asOf = await store.readClock();
  const span = { from: HOUR, to: TICK };
  const context = {
    held: { keys: [], days: [] },
    lineages: new Map(),
    registry: { at: TICK, visible: asOf },
    hour: HOUR,
    ticks: [TICK],
  };
  const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const found: (readonly [path: string, spendMicros: number])[] = [];
  for (const keyId of RICH) {
    const subject = { keyIds: [keyId], observedBy: "gateway" } as const;
    const own = <Row extends { readonly keyId: string }>(rows: readonly Row[]) =>
      rows.find((row) => row.keyId === keyId)!;
    for (const raw of [null, asOf]) {
      const from = `${keyId} ${raw === null ? "roll-ups" : "raw rows"}`;
      found.push([`${from}: windows`, own(await usageWindows(store, HOUR, [TICK], raw)).spendMicros[0]]);
      found.push([`${from}: novel windows`, own(await novelWindows(store, context, raw)).spendMicros[0]]);
      found.push([`${from}: slots`, sumOf(Array.from(own(await store.check.readUsageSlots(DAY, raw)).spendMicros))]);
      const minutes = await store.check.readUsageMinutes({ from: HOUR, until: HOUR + 15 * MINUTE_MS }, [keyId], raw);
      found.push([`${from}: minutes`, sumOf(own(minutes).spendMicros)]);
      const stretches = await store.check.readStretches([keyId], [{ from: HOUR, till: TICK, to: TICK }], raw);
      found.push([`${from}: stretches`, own(stretches).spendMicros]);
    }
    found.push([`${keyId}: fleet's day`, own(await store.view.readFleetDay(HOUR + HOUR_MS, 10)).spendMicros]);
    found.push([`${keyId}: fleet's hours`, own(await store.view.readFleetHours(HOUR + HOUR_MS, [keyId])).spendMicros]);
    found.push([
      `${keyId}: key's hours`,
      sumOf((await store.view.readKeyHours([keyId], { from: DAY, to: DAY + DAY_MS }))[0]!.spendMicros),
    ]);
    const days = await store.view.readNetworkSteps(subject, { from: DAY, to: DAY + DAY_MS }, DAY_MS, 5);
    found.push([`${keyId}: networks`, sumOf(days[0]!.spendMicros)]);
    found.push([
      `${keyId}: routes`,
      (await store.view.readRoutesOfKey(subject, { from: DAY, to: DAY + DAY_MS }, 5))[0]!.spendMicros,
    ]);
    found.push([`${keyId}: use since`, (await store.audit.readUseSince([keyId], HOUR, TICK))[0]!.spendMicros]);
    found.push([
      `${keyId}: sources of a page`,
      (await store.page.readKeySources({ ...subject, ...span, findingId: "", asOf })).others.busiest[0]!.spendMicros,
    ]);
    const around = await store.page.readUsageAroundOnset({ ...subject, ...span });
    found.push([`${keyId}: since the onset`, around.spendMicros], [`${keyId}: bytes since the onset`, around.bytes]);
    const question = { keyIds: [keyId], ...span, since: HOUR, lately: HOUR, week: HOUR - 7 * DAY_MS, onset: HOUR };
    const { sources, visible } = await store.view.readInvestigationSources(question);
    const source = sources[0]!;
    found.push([
      `${keyId}: dossier's sources`,
      Math.min(source.spendMicros, source.since.spendMicros, source.lately.spendMicros),
    ]);
    const { uses, hours } = await store.view.readInvestigationUses({ keyIds: [keyId], ...span }, [], visible);
    found.push(
      [`${keyId}: dossier's hours`, hours[0]!.spendMicros],
      [`${keyId}: dossier's routes`, uses[0]!.spendMicros],
    );
  }
  assert.deepEqual(
    found.filter(([, micros]) => micros !== Number(SUM)),
    [],
  );
});

test("rules and budgets of spend fire on what no integer of 64 bits holds", async () => {
  const { store } = checks;
  const asOf = await store.readClock();
  const keys = await store.registry.readKeys(TICK, asOf);
  for (const from of ["rollups", "raw_rows"] as const) {
    const findings = await checkRules({ store }, { hour: HOUR, ticks: ticksBetween(HOUR, TICK) }, asOf, from, keys);
    for (const keyId of RICH) {
      const own = findings.filter((finding) => finding.keyId === keyId).map((one) => figuresOf(one)["rule"]);
      assert.deepEqual([...new Set(own)].map(String).toSorted(), ["budget", "hour"], `${keyId} by ${from}`);
    }
    assert.ok(findings.every(({ keyId }) => keyId !== POOR.keyId));
  }
});

test("a day of such sums is learned: its spend stops at the bound, and what a request costs is not made less by it", async () => {
  const now = DAY + DAY_MS + 2 * HOUR_MS;
  const { learned } = await learnBaselines(checks.deps, now, DAY + DAY_MS);
  assert.ok(learned.includes(dayOf(DAY)));
  const baselines = await checks.store.learn.readBaselines(dayOf(DAY), Date.now() + DAY_MS);
  const own = [...baselines.values()].find(({ keyId }) => keyId === "parts")!;
  assert.equal(own.spendMicros, 2 ** 63);
  assert.equal(Math.round(own.spendPerRequest / 1e12), Math.round(Number(SUM) / (ROWS + 1) / 1e12));
});

test("no query sums money, bytes or units of raw rows in 64 bits", () => {
  const directory = new URL("../../../sql/queries/", import.meta.url);
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".sql"));
  assert.ok(files.length > 90);
  const narrow = files.filter((name) => {
    const text = readFileSync(new URL(name, directory), "utf8");
    const readsRaw = /\b(FROM|JOIN) (requests|request_events|baselines)\b/.test(text);
    return (
      readsRaw && /\bsum(If|ForEach|Resample)?\((\(.*?\)\()?([er]\.)?(spend_micros|bytes|unit_millis)\b/.test(text)
    );
  });
  assert.deepEqual(narrow, []);
});
