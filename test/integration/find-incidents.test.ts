import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actOnIncident } from "../../src/pipeline/incident/act-on-incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { finding, since } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const now = Math.floor(Date.now() / HOUR) * HOUR;
const OLD = now - 100 * DAY;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;

before(async () => {
  checks = await openChecks();
  pages = await openPages({ advance: checks.deps, now: () => now + 547 });
  const { store } = checks;
  await store.registry.insertKeys(
    [keyVersion({ keyId: "k-1", owner: "payments" }), keyVersion({ keyId: "k-2", owner: "=search" })],
    "test",
  );
  // Fifty-four keys leak a minute after each other, and one did a quarter of a year ago.
  const leaks = Array.from({ length: 54 }, (_, i) =>
    finding(i === 0 ? "warning" : "critical", now - HOUR + i * MINUTE, {
      keyId: `k-${i}`,
      summary: `leak of k-${i}`,
      statistics: since(12.5),
    }),
  );
  const old = finding("critical", OLD, { keyId: "k-old", summary: "an old leak" });
  await store.check.insertFindings([old, ...leaks]);
  const deps = { store, baseUrl: null, enqueuePage: async () => {} };
  const found = [old, ...leaks];
  await advanceIncidents(
    deps,
    found,
    found.map(({ tick }) => tick),
  );
  const person = { actor: "Ana", note: "", verdict: null, eventId: null, url: null } as const;
  const ids = await incidentsOf("k-1");
  await actOnIncident(deps, ids[0]!, "acknowledge", person, now);
  await actOnIncident(deps, ids[0]!, "resolve", { ...person, actor: "Ben", verdict: "leak" }, now + MINUTE);
});
after(async () => {
  await pages.close();
  await checks.close();
});

const incidentsOf = async (keyId: string) =>
  (await checks.store.incident.readIncidentRows(0))
    .map(({ transitions }) => transitions[0]!)
    .filter((step) => step.keyId === keyId)
    .map(({ incidentId }) => incidentId);
const get = async (path: string) => {
  const answer = await fetch(`${pages.url}/${path}`, { headers: { cookie: pages.cookie } });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
};
const found = (text: string) => [...text.matchAll(/href="incidents\/[^"]+">([^<]+)</g)].map(([, summary]) => summary);

test("incidents are listed the newest first, fifty to a page, and the pages together hold each once, however old", async () => {
  const first = await get("incidents");
  assert.equal(first.status, 200);
  const shown = found(first.text);
  assert.deepEqual([shown.length, shown[0], shown.at(-1)], [50, "leak of k-53", "leak of k-4"]);
  const next = /rel="next" href="([^"]+)"/.exec(first.text)![1]!.replaceAll("&amp;", "&");
  const second = await get(next);
  assert.deepEqual(found(second.text), [3, 2, 1, 0].map((i) => `leak of k-${i}`).concat("an old leak"));
  assert.doesNotMatch(second.text, /rel="next"/);
});

test("a row says when, how bad, what, of whom, at what cost, and who did what with it", async () => {
  const { text } = await get("incidents?owner=payments");
  assert.deepEqual(found(text), ["leak of k-1"]);
  for (const part of [
    "critical",
    "resolved",
    "payments",
    "$12.50",
    "acknowledged by Ana",
    "resolved: Ben",
    "judged: leak",
  ])
    assert.ok(text.includes(part), part);
});

test("filters narrow the list, and stand in its address", async () => {
  assert.deepEqual(found((await get("incidents?severity=warning")).text), ["leak of k-0"]);
  assert.deepEqual(found((await get("incidents?state=resolved")).text), ["leak of k-1", "an old leak"]);
  assert.deepEqual(found((await get("incidents?cause=rule")).text), []);
  assert.deepEqual(found((await get("incidents?verdict=leak")).text), ["leak of k-1"]);
  assert.deepEqual(found((await get("incidents?verdict=benign")).text), []);
  assert.deepEqual(found((await get("incidents?owner=nobody")).text), []);
  assert.deepEqual(found((await get("incidents?key=k-7")).text), ["leak of k-7"]);
  assert.deepEqual(found((await get(`incidents?from=${dayOf(OLD)}&to=${dayOf(OLD)}`)).text), ["an old leak"]);
});

test("what incidents of a list have in common is told, with how many share it", async () => {
  assert.match((await get("incidents")).text, /In common of those shown: cause leak \(50 of 50\)/);
  assert.doesNotMatch((await get("incidents?severity=warning")).text, /In common/);
});

test("a filter that is not understood lists nothing and says so: it is no empty list", async () => {
  const unknown = await get("incidents?key=no-such-key-7");
  assert.deepEqual([unknown.status, unknown.text.includes("no-such-key-7")], [404, false]);
  assert.match(unknown.text, /Nothing is listed: key: there is no such key, neither registered nor seen in traffic/);
  assert.equal((await get("incidents?key=k-7&severity=info")).status, 200);
  for (const query of [
    "state=weird",
    "from=yesterday",
    "after=x",
    "from=2026-03-02&to=2026-03-01",
    "page=-1",
    "nonsense=1",
  ]) {
    const { status, text } = await get(`incidents?${query}`);
    assert.deepEqual([status, text.includes("Nothing is listed"), text.includes("none.")], [400, true, false], query);
  }
});

test("the same rows are had as CSV, of which a spreadsheet runs nothing", async () => {
  const { headers, text } = await get("incidents?format=csv");
  assert.match(headers.get("content-type")!, /^text\/csv/);
  const lines = text.trimEnd().split("\r\n");
  assert.equal(lines.length, 56);
  assert.match(lines[0]!, /^incident_id,opened_at,/);
  assert.match(text, /,'=search,leak of k-2,12.5,/);
});

test("what an open incident has cost is as of its newest finding, whose sentence it has, in the list and in the CSV", async () => {
  const { store } = checks;
  const at = now - 50 * MINUTE;
  const leak = (tick: number, usd: number) =>
    finding("critical", tick, {
      keyId: "k-grown",
      onset: at - MINUTE,
      summary: `spent ${usd}`,
      statistics: since(usd),
    });
  const grown = [leak(at, 6.2), leak(at + 9 * MINUTE, 62)];
  await store.check.insertFindings(grown);
  await advanceIncidents(
    { store, baseUrl: null, enqueuePage: async () => {} },
    grown,
    grown.map(({ tick }) => tick),
  );
  const { text } = await get("incidents?key=k-grown");
  assert.ok(text.includes(">spent 62</a>") && text.includes("$62.00") && !text.includes("$6.20"), text);
  assert.match((await get("incidents?key=k-grown&format=csv")).text, /,62(\.0+)?[,\r\n]/);
});
