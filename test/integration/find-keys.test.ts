import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const HOUR = 3_600_000;
const now = Math.floor(Date.now() / HOUR) * HOUR;
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;

before(async () => {
  checks = await openChecks();
  pages = await openPages({ advance: checks.deps, now: () => now + 547 });
  const { store } = checks;
  const many = Array.from({ length: 60 }, (_, i) =>
    keyVersion({ keyId: `m-${String(i).padStart(2, "0")}`, owner: "many" }),
  );
  await store.registry.insertKeys(
    [
      ...many,
      keyVersion({
        keyId: "a-1",
        owner: "one",
        service: "mail",
        provider: "stripe",
        environment: "staging",
        limitPerMinute: 10,
      }),
      keyVersion({ keyId: "a-2", owner: "=one", service: "mail", revokedAt: now - HOUR, limitPerMinute: 9 }),
    ],
    "test",
  );
  const use = (keyId: string, count: number, spendMicros: number) =>
    perMinute(keyId, now - 2 * HOUR, [count], { spendMicros });
  await insertEvents(store, [...use("m-59", 100, 2_000_000), ...use("a-1", 7, 9_000_000), ...use("u-1", 1, 0)]);
  const found = finding("critical", now - HOUR, { keyId: "m-07" });
  await store.check.insertFindings([found]);
  await advanceIncidents({ store, baseUrl: null, enqueuePage: async () => {} }, [found], [found.tick]);
});
after(async () => {
  await pages.close();
  await checks.close();
});

const get = async (query: string) => {
  const answer = await fetch(`${pages.url}/keys${query}`, { headers: { cookie: pages.cookie } });
  return { status: answer.status, text: await answer.text() };
};
const keysOf = async (query: string) =>
  [...(await get(query)).text.matchAll(/<td[^>]*><a href="keys\/([^"?]+)"/g)].map(([, keyId]) => keyId!);

test("every key is listed once, registered or just used, fifty to a page", async () => {
  const [first, second] = [await keysOf(""), await keysOf("?page=2")];
  assert.deepEqual([first.length, second.length, first[0], second.at(-1)], [50, 13, "a-1", "u-1"]);
  assert.equal(new Set([...first, ...second]).size, 63);
  assert.deepEqual(await keysOf("?page=3"), []);
});

test("keys are filtered by what the registry says of them and by how they stand", async () => {
  assert.deepEqual(await keysOf("?owner=one"), ["a-1"]);
  assert.deepEqual(await keysOf("?service=mail"), ["a-1", "a-2"]);
  assert.deepEqual(await keysOf("?provider=stripe&environment=staging"), ["a-1"]);
  assert.deepEqual(await keysOf("?state=incident"), ["m-07"]);
  assert.deepEqual(await keysOf("?state=revoked"), ["a-2"]);
  assert.deepEqual(await keysOf("?owner=nobody"), []);
});

test("a filter offers what the registry has, and is taken off by itself; an empty list says what to do", async () => {
  const { text } = await get("?owner=one&service=mail&sort=spend");
  assert.match(text, /<datalist id="offers-owner">\s*<option value="many" label="many: 60 keys"><\/option>/);
  const chips = [...text.matchAll(/<a href="([^"]*)"\s*><span class="unseen">Remove the filter <\/span>([^<]*?)\s*</g)];
  assert.deepEqual(
    chips.map(([, href, name]) => [href, name!.replaceAll(/\s+/g, " ")]),
    [
      ["keys?service=mail&amp;sort=spend", "Owner: one"],
      ["keys?owner=one&amp;sort=spend", "Service: mail"],
    ],
  );
  const nobody = (await get("?owner=nobody")).text;
  assert.match(nobody, /No key matches these filters[\s\S]*<a href="keys">show all keys<\/a>/);
  assert.doesNotMatch(nobody, /none\./);
});

test("each column sorts, both ways, by all keys and not by those of one page", async () => {
  assert.deepEqual((await keysOf("?sort=spend&order=desc")).slice(0, 2), ["a-1", "m-59"]);
  assert.deepEqual((await keysOf("?sort=requests&order=desc")).slice(0, 3), ["m-59", "a-1", "u-1"]);
  assert.deepEqual(await keysOf("?sort=limit&service=mail"), ["a-2", "a-1"]);
  assert.match((await get("?sort=spend&order=desc")).text, /aria-sort="descending"/);
});

test("a filter that is not understood lists nothing and says so", async () => {
  for (const query of ["?state=weird", "?sort=colour", "?page=0", "?page=x", "?page=1e1", "?nonsense=1"]) {
    const { status, text } = await get(query);
    assert.deepEqual([status, text.includes("Nothing is listed"), text.includes("none.")], [400, true, false], query);
  }
});

test("all of them are had as CSV, of which a spreadsheet runs nothing", async () => {
  const lines = (await get("?format=csv")).text.trimEnd().split("\r\n");
  assert.equal(lines.length, 64);
  assert.ok(lines.some((line) => line.startsWith("a-2,") && line.includes(",'=one,mail,")));
});
