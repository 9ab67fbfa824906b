import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { sqlOf } from "../helpers/page-sql.js";
import { insertEvents, perMinute, request } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Pages are asked for at no whole second. */
const now = Math.floor(Date.now() / HOUR) * HOUR;
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;

before(async () => {
  checks = await openChecks();
  pages = await openPages({ advance: checks.deps, now: () => now + 547 });
  const { store } = checks;
  const key = (keyId: string, more: object = {}) =>
    keyVersion({ keyId, owner: "payments", validFrom: now - 90 * DAY, ...more });
  await store.registry.insertKeys(
    [
      key("k-busy", { limitPerMinute: 100, scopes: ["read", "write"] }),
      key("k-calm", { limitPerMinute: 1000, rotateBy: now - DAY }),
      key("k-idle", { holders: ["ana", "ben"], limitPerMinute: null }),
      key("k-gone", { revokedAt: now - DAY, rotateBy: now - DAY }),
    ],
    "test",
  );
  const hour = (count: number) => Array.from({ length: 60 }, () => count);
  await insertEvents(store, [
    ...perMinute("k-busy", now - 2 * DAY, hour(80), { scope: "read" }),
    ...perMinute("k-busy", now - 3 * DAY, hour(74), { scope: "read" }),
    // Ten minutes above the limit are no hour above three quarters of it.
    ...perMinute("k-calm", now - 2 * DAY, [2000, 2000, 2000], { userAgent: "python-requests/2.31" }),
    ...perMinute("k-idle", now - 40 * DAY, [5]),
    ...perMinute("k-stray", now - 3 * HOUR, [1, 1], { userAgent: "Python-Requests/2.32", status: 403 }, "203.0.113.9"),
    ...[2, 12].map((minute) =>
      request({ ts: now - HOUR + minute * MINUTE, keyId: "k-busy", route: `/v1/at-${minute}` }, "203.0.113.7"),
    ),
  ]);
});
after(async () => {
  await pages.close();
  await checks.close();
});

const get = async (way: string) => fetch(pages.url + way, { headers: { cookie: pages.cookie }, redirect: "manual" });
const textOf = async (way: string) => (await get(way)).text();
const csvOf = async (way: string) =>
  (await textOf(way))
    .split("\r\n")
    .slice(1, -1)
    .map((line) => line.split(","));
const rowsOf = async (way: string) =>
  [...(await textOf(way)).matchAll(/<tr role="row">\s*<td.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell!.replaceAll(/(?:<[^>]+>|\s)+/g, " ").trim()),
  );
/** Runs what a page shows to be copied. */
const rowsOfSql = async (way: string) => {
  const query = [...sqlOf(await textOf(way)).values()][0]!;
  const answer = await checks.store.client.query({ query, format: "JSONEachRow" });
  return answer.json<{ readonly key_id: string }>();
};

test("keys at three quarters of their limit for an hour are listed with their worst hour; a peak of minutes is none", async () => {
  const [row, ...others] = await rowsOf("/limits");
  assert.deepEqual(others, []);
  assert.match(row![0]!, /^k-busy payments ?, seen by gateway$/);
  assert.deepEqual([row![1], row![3], row![4]], ["100", "80 %", "1"]);
  assert.deepEqual(
    (await csvOf("/limits?share=50&format=csv")).map((one) => [one[0], one[4], one[5]]),
    [["k-busy", "80", "2"]],
  );
  assert.deepEqual(
    (await rowsOfSql("/limits")).map(({ key_id }) => key_id),
    ["k-busy"],
  );
  assert.equal((await get("/limits?share=3")).status, 400);
});

test("a client is found across all keys by a part of its name, whatever its case and version", async () => {
  assert.deepEqual(
    (await rowsOf("/clients?client=PYTHON")).map((row) => [row[0]!.split(" ")[0], row[1], row[4], row[5]]),
    [
      ["k-stray", "python-requests", "2", "2"],
      ["k-calm", "python-requests", "6,000", "0"],
    ],
  );
  assert.deepEqual(
    (await csvOf("/clients?client=python&days=1&format=csv")).map(([key]) => key),
    ["k-stray"],
  );
  assert.deepEqual(
    (await rowsOfSql("/clients?client=python")).map(({ key_id }) => key_id),
    ["k-stray", "k-calm"],
  );
  assert.equal((await get("/clients?client=p")).status, 400);
  assert.equal((await get("/clients")).status, 200);
});

test("what clients did is the same by day and by minute, also where a day is summed up in part or not at all", async () => {
  const { client } = checks.store;
  const found = () => textOf("/clients?client=python&format=csv");
  const byDay = await found();
  assert.match(byDay, /k-calm/);
  await client.command({ query: "TRUNCATE TABLE client_days" });
  assert.equal(await found(), byDay);
  const sumUp = (which: string, name: string) =>
    client.command({
      query: `INSERT INTO client_days
              SELECT toDate(minute) AS day, key_id, observed_by, ${name} AS client, sum(m.requests), sum(m.served), sum(m.spend_micros), min(minute), max(minute)
              FROM client_minutes AS m WHERE ${which} GROUP BY day, key_id, observed_by, client`,
    });
  await sumUp("key_id != 'k-calm'", "m.client");
  assert.equal(await found(), byDay);
  // That it is read at all once its sums are right, another name shows.
  await sumUp("key_id = 'k-calm'", "'python-by-day'");
  assert.equal(await found(), byDay.replace(/(k-calm.*),python-requests,/, "$1,python-by-day,"));
});

test("raw requests of an address are shown between two minutes, of all keys or of one", async () => {
  const at = (minute: number) => new Date(now - HOUR + minute * MINUTE).toISOString().slice(0, 16);
  const way = `/requests?address=203.0.113.7&from=${at(0)}&to=${at(10)}`;
  assert.deepEqual(
    (await rowsOf(way)).map((row) => row[3]),
    ["GET /v1/at-2"],
  );
  assert.deepEqual(
    (await csvOf(`${way}&format=csv`)).map((one) => one[6]),
    ["/v1/at-2"],
  );
  assert.deepEqual(
    (await rowsOfSql(way)).map(({ key_id }) => key_id),
    ["k-busy"],
  );
  assert.deepEqual(
    (await rowsOf(`/requests?key=k-busy&from=${at(0)}&to=${at(20)}`)).map((row) => row[3]),
    ["GET /v1/at-2", "GET /v1/at-12"],
  );
  assert.deepEqual(await rowsOf(`/requests?address=203.0.113.8&from=${at(0)}&to=${at(20)}`), []);
  assert.deepEqual(
    (await rowsOf(`/requests?key=k-busy&from=${at(1)}&to=${at(3)}`)).map((row) => row[3]),
    ["GET /v1/at-2"],
  );
  for (const span of [`from=${at(20)}&to=${at(0)}`, `from=${at(0)}`, "from=yesterday&to=now", `to=${at(20)}`]) {
    const refused = await get(`/requests?key=k-busy&${span}`);
    assert.deepEqual([refused.status, /must both be minutes/.test(await refused.text())], [400, true], span);
  }
  assert.equal((await get(`/requests?address=everywhere`)).status, 400);
  const unknown = await get(`/requests?key=no-such-key-7&from=${at(1)}&to=${at(3)}`);
  assert.deepEqual([unknown.status, (await unknown.text()).includes("no-such-key-7")], [404, false]);
  assert.equal((await get(`/requests?key=k-busy&from=${at(-3000)}&to=${at(0)}`)).status, 400);
});

test("keys that are overdue, unused, with scopes that they do not use, or held by several are listed; what is revoked is done with", async () => {
  const keysOf = async (hygiene: string) => (await csvOf(`/keys?hygiene=${hygiene}&format=csv`)).map(([key]) => key);
  assert.deepEqual(await keysOf("overdue"), ["k-calm"]);
  assert.deepEqual(await keysOf("unused"), ["k-idle"]);
  assert.deepEqual(await keysOf("over_scoped"), ["k-busy"]);
  assert.deepEqual(await keysOf("shared"), ["k-idle"]);
});

test("an hour near the limit is found whole, in however many parts it was written, and by the SQL that is copied as well", async () => {
  const { store } = checks;
  await store.registry.insertKeys(
    [keyVersion({ keyId: "k-parts", limitPerMinute: 50, validFrom: now - 90 * DAY })],
    "parts",
  );
  // No part of it comes near, and there are more than parts of anything else.
  for (let part = 0; part < 12; part += 1)
    await insertEvents(store, perMinute("k-parts", now - 4 * DAY + part * 5 * MINUTE, Array<number>(5).fill(40)));
  const listed = (await csvOf("/limits?format=csv")).map(
    ([keyId, , , worst, percent]) => `${keyId} ${worst} ${percent}`,
  );
  const day = (ago: number) => new Date(now - ago * DAY).toISOString();
  assert.deepEqual(listed, [`k-busy ${day(2)} 80`, `k-parts ${day(4)} 80`]);
  assert.deepEqual(
    (await rowsOfSql("/limits")).map((row) => row.key_id),
    ["k-busy", "k-parts"],
  );
});
