import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FIRST_MODEL } from "../../src/baseline/learn-model.js";
import { readKnownIncident } from "../../src/pipeline/incident/read-incidents.js";
import { readUnknownNetworks } from "../../src/pipeline/view/unknown-usage.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { addDays, dayOf } from "../../src/time/day.js";
import { bareBaseline } from "../helpers/bare-baseline.js";
import { DAY, finding, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { ofMinutes } from "../helpers/rule-story.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

// Noon of yesterday: hours before and after it are of the same day, and what is registered now is on file after that, at whatever time this runs.
const now = Math.floor(Date.now() / DAY) * DAY - 12 * HOUR;
const HOSTILE = `"><script>alert(1)</script>'&`;
const K = "/keys/k";
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;
let incidentId = "";

interface Chart {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly lines: readonly { readonly role: string; readonly values: readonly (number | null)[] }[];
  readonly marks: readonly { readonly at: number; readonly kind: string }[];
}

before(async () => {
  checks = await openChecks();
  const { store } = checks;
  pages = await openPages({ advance: checks.deps, now: () => now });
  await store.registry.insertKeys([keyVersion({ keyId: "k", limitPerMinute: 50, display: HOSTILE })], "a");
  await store.registry.insertKeys(
    [keyVersion({ keyId: "k", display: HOSTILE, limitPerMinute: 80, validFrom: now - 90 * MINUTE })],
    "b",
    HOSTILE,
  );
  await store.client.insert({
    table: "networks",
    values: [{ prefix: "203.0.113.0/24", asn: 64_500, name: HOSTILE, type: "hosting", version: "t", refreshed_at: 0 }],
    format: "JSONEachRow",
  });
  const hostile = { spendMicros: 2000, userAgent: HOSTILE, route: `/${HOSTILE}` };
  await insertEvents(store, [
    ...perMinute("k", now - 5 * HOUR, ofMinutes(120, 7)),
    ...perMinute("k", now - HOUR, ofMinutes(60, 40), hostile, "203.0.113.7"),
    // Two observers of one key are two stories, never one sum.
    ...perMinute("k", now - HOUR, ofMinutes(10, 1), { observedBy: "caller" }),
    ...perMinute("dear", now - HOUR, ofMinutes(10, 1), { spendMicros: 9_000_000 }),
  ]);
  const day = addDays(dayOf(now), -1);
  const usual = bareBaseline(day, "k", { bornAt: now - 9 * DAY, requests: 2880, flat: 35, ...FIRST_MODEL });
  await store.learn.insertBaselines(day, now - DAY / 2, [usual]);
  const found = finding("critical", now - 30 * MINUTE, {
    onset: now - HOUR,
    summary: HOSTILE,
    statistics: { at_risk_micros: 12_340_000 },
  });
  await store.check.insertFindings([found]);
  await advanceIncidents({ store, baseUrl: null, enqueuePage: async () => {} }, [found], [now - 30 * MINUTE]);
  incidentId = (await store.incident.readIncidentRows(0))[0]!.transitions[0]!.incidentId;
});
after(async () => {
  await pages.close();
  await checks.close();
});

const get = async (path: string) => {
  const answer = await fetch(pages.url + path, { headers: { cookie: pages.cookie } });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const chartsOf = (text: string) =>
  [...text.matchAll(/data-chart="([^"]*)"/g)].map(
    ([, json]) => JSON.parse(json!.replaceAll(/&[^;]+;/g, (entity) => ENTITIES[entity]!)) as Chart,
  );
const lineOf = (chart: Chart, role: string) => chart.lines.find((line) => line.role === role)!.values;
const at = (chart: Chart, role: string, instant: number) =>
  lineOf(chart, role)[(instant / 1000 - chart.from) / chart.step];

test("the charts of a key show what roll-ups hold, against its limit of the time and what its baseline expected, with incident and change as marks", async () => {
  const [lastDay] = chartsOf((await get(K)).text);
  const [days, spend] = chartsOf((await get(`${K}?range=28d`)).text);
  assert.equal(at(lastDay!, "actual", now - HOUR), 40);
  assert.equal(at(lastDay!, "actual", now - 5 * HOUR + 119 * MINUTE), 7);
  // Nobody was heard for two hours: that is not zero.
  assert.equal(at(lastDay!, "actual", now - 2 * HOUR), null);
  const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, one) => total + (one ?? 0), 0);
  assert.equal(sum(lineOf(lastDay!, "actual")), 120 * 7 + 60 * 40);
  assert.deepEqual(
    [now - 5 * HOUR, now - 3 * HOUR, now - HOUR].map((hour) => at(days!, "actual", hour)),
    [7, null, 40],
  );
  assert.equal(sum(lineOf(spend!, "actual")), (60 * 2000) / 1e6);
  assert.deepEqual([at(days!, "limit", now - 5 * HOUR), at(days!, "limit", now - HOUR)], [50, 80]);
  assert.deepEqual([at(days!, "expected", now - HOUR), at(lastDay!, "expected", now - HOUR)], [7, 7]);
  assert.ok(at(days!, "low", now - HOUR)! < 7 && at(days!, "high", now - HOUR)! > 7);
  assert.deepEqual(
    days!.marks.map((mark) => [mark.kind, mark.at * 1000]),
    [
      ["change", now - 90 * MINUTE],
      ["incident", now - 30 * MINUTE],
    ],
  );
});

test("a key's page reads roll-ups alone: it is the same after its raw rows have expired", async () => {
  const kept = (await get(K)).text;
  await checks.store.client.command({ query: "CREATE TABLE kept AS requests" });
  await checks.store.client.command({ query: "EXCHANGE TABLES kept AND requests" });
  try {
    assert.equal((await get(K)).text, kept);
  } finally {
    await checks.store.client.command({ query: "EXCHANGE TABLES kept AND requests" });
  }
});

test("the range in a view's address is that of all its charts, by minutes up to two days", async () => {
  const chartsAt = async (query: string) => chartsOf((await get(`${K}?${query}`)).text);
  const iso = (instant: number) => `${new Date(instant).toISOString().slice(0, 16)}Z`;
  const span = { from: now - 90 * MINUTE, to: now - 15 * MINUTE };
  for (const chart of await chartsAt(`from=${iso(span.from)}&to=${iso(span.to)}`)) {
    assert.equal(chart.from * 1000, Math.floor(span.from / (15 * MINUTE)) * 15 * MINUTE);
    assert.deepEqual([chart.to * 1000, chart.step], [span.to, 60]);
  }
  assert.deepEqual(
    (await chartsAt("range=7d")).map(({ step }) => step),
    [3600, 3600],
  );
  const short = (await chartsAt(`from=${iso(now - 20 * MINUTE)}&to=${iso(now - 19 * MINUTE)}`))[0]!;
  assert.equal(short.to * 1000, now - 19 * MINUTE, "what is too short is made longer");
  assert.match((await get(`${K}?range=6h`)).text, /aria-current="true"\s*>6 hours</);
});

test("what findings blame is drawn apart from the key's own, of requests and of spend, until a person judges it benign", async () => {
  const { store } = checks;
  const blamed = { blamed_addresses: 1, blamed_networks: ["203.0.113.7/32"], at_risk_micros: 12_340_000 };
  await store.check.insertFindings([
    finding("critical", now - 20 * MINUTE, { keyId: "k", onset: now - HOUR, statistics: blamed }),
  ]);
  const [requests, spend] = chartsOf((await get(K)).text);
  assert.equal(at(requests!, "unknown", now - 30 * MINUTE), 40);
  assert.equal(at(requests!, "actual", now - 30 * MINUTE), 0);
  assert.equal(at(requests!, "actual", now - 4 * HOUR), 7);
  assert.equal(at(spend!, "unknown", now - 30 * MINUTE), 0.002);
  const hours = chartsOf((await get(`${K}?range=7d`)).text)[0]!;
  assert.deepEqual([at(hours, "unknown", now - HOUR), at(hours, "actual", now - 5 * HOUR)], [40, 7]);
  const { incident } = (await readKnownIncident(store, incidentId))!;
  const curve = await readUnknownNetworks(store, ["k"], { from: now - DAY, to: now }, [
    { ...incident, verdict: "benign", lastFindingAt: now },
  ]);
  assert.deepEqual(curve, []);
});

test("an incident's chart begins two hours before the onset, which is marked", async () => {
  const [chart] = chartsOf((await get(`/incidents/${encodeURIComponent(incidentId)}`)).text);
  assert.equal(chart!.from * 1000, now - 3 * HOUR);
  assert.equal(chart!.to * 1000, now);
  assert.deepEqual([at(chart!, "unknown", now - HOUR), at(chart!, "actual", now - HOUR)], [40, 0]);
  assert.deepEqual(
    chart!.marks.map((mark) => [mark.kind, mark.at * 1000]),
    [
      ["onset", now - HOUR],
      ["incident", now - 30 * MINUTE],
      ["change", now - 90 * MINUTE],
    ],
  );
});

test("the fleet lists a key at risk before a dearer one that is not, with its hours and its headroom", async () => {
  const { text } = await get("/");
  assert.ok(text.indexOf('href="keys/k"', text.indexOf("dollars at risk")) < text.indexOf('href="keys/dear"'));
  assert.match(text, /\$12\.34/);
  assert.match(text, /peak 2,400, an hour ago; 0 so far in this hour/);
  assert.match(text, /50 % of 80/);
});

test("names that others wrote break out of nothing, and charts load from the host alone, under names of their content", async () => {
  for (const path of ["/", K, `${K}/dossier`, `/incidents/${encodeURIComponent(incidentId)}`]) {
    const { status, text, headers } = await get(path);
    assert.equal(status, 200, path);
    assert.ok(text.includes("&lt;script&gt;alert(1)"), path);
    assert.ok(!text.includes("<script>alert"), path);
    assert.doesNotMatch(text, /<script(?![^>]* src="(?:\.\.?\/)+assets\/)/);
    assert.match(headers.get("content-security-policy") ?? "", /script-src 'self';/);
    for (const [, asset] of text.matchAll(/(?:src|href)="(?:\.\.?\/)+(assets\/[^"]*-[0-9a-f]{16}\.\w+)"/g)) {
      const kept = await get(`/${asset}`);
      assert.equal(kept.status, 200, asset);
      assert.match(kept.headers.get("cache-control") ?? "", /immutable/);
    }
  }
});
