import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readUnknownShares } from "../../src/pipeline/view/unknown-usage.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { sqlOf } from "../helpers/page-sql.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Pages are asked for at no whole second. */
const now = Math.floor(Date.now() / HOUR) * HOUR;
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;

before(async () => {
  checks = await openChecks();
  pages = await openPages({ advance: checks.deps, now: () => now + 547 });
  const { store } = checks;
  const payments = (keyId: string, more: object = {}) => keyVersion({ keyId, owner: "pay/ments", ...more });
  await store.registry.insertKeys(
    [
      payments("k-a", { service: "checkout", limitPerMinute: 600 }),
      payments("k-b", { service: "refunds", limitPerMinute: null }),
      payments("k-idle"),
      keyVersion({ keyId: "k-search", owner: "search" }),
      keyVersion({ keyId: "k-far", owner: "search" }),
    ],
    "test",
  );
  const use = (keyId: string, at: number, count: number, changed: object, source = "203.0.113.7") =>
    perMinute(keyId, at, [count], { asn: 64_500, networkType: "hosting", ...changed }, source);
  await insertEvents(store, [
    ...use("k-a", now - 40 * DAY, 1000, {}),
    ...use("k-a", now - 20 * DAY, 60, { spendMicros: 2_000_000 }),
    ...use("k-a", now - 3 * HOUR, 20, {}, "203.0.113.8"),
    // Its caller saw less of it: what several saw is never summed.
    ...use("k-a", now - 3 * HOUR, 5, { observedBy: "caller" }),
    ...use("k-b", now - 5 * HOUR, 10, { asn: 64_501, status: 429 }, "198.51.100.1"),
    ...use("k-search", now - 4 * HOUR, 7, {}, "203.0.113.8"),
    ...use("k-far", now - 2 * HOUR, 7, {}, "203.0.113.99"),
    ...use("k-nobody", now - 2 * HOUR, 7, {}, "203.0.113.100"),
  ]);
  const statistics = { blamed_addresses: 1, blamed_networks: ["203.0.113.8/32"] };
  await store.check.insertFindings([
    finding("critical", now - HOUR, { keyId: "k-a", onset: now - 4 * HOUR, statistics }),
  ]);
});
after(async () => {
  await pages.close();
  await checks.close();
});

const PAYMENTS = `/owners/${encodeURIComponent("pay/ments")}`;
const get = async (way: string) => fetch(pages.url + way, { headers: { cookie: pages.cookie }, redirect: "manual" });
const textOf = async (way: string) => (await get(way)).text();
/** Rows of each table of a page as texts of their cells. */
const tablesOf = (text: string) =>
  [...text.matchAll(/<tbody.*?<\/tbody>/gs)].map(([body]) =>
    [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
      [...row!.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell!.replaceAll(/(?:<[^>]+>|\s)+/g, " ").trim()),
    ),
  );

test("an owner's page has their keys with limit, last use, and the share of unknown sources, as the one saw them that saw most", async () => {
  const [keys] = tablesOf(await textOf(PAYMENTS));
  assert.deepEqual(
    keys!.map((row) => [row[0]!.split(" ")[0], row[2], row[4], row[5], row[6]]),
    [
      ["k-a", "600", "80", "25 %", "$2.00"],
      ["k-b", "unknown", "10", "0 %", "$0.00"],
      ["k-idle", "unknown", "0", "0 %", "$0.00"],
    ],
  );
  assert.match(keys![2]![3]!, /not in 28 days/);
});

test("networks that keys of others use, too, come first, those at the same addresses at their head", async () => {
  const [, networks] = tablesOf(await textOf(PAYMENTS));
  assert.deepEqual(
    networks!.map((row) => row[0]!.split(" ")[0]),
    ["AS64500", "AS64501"],
  );
  assert.match(
    networks![0]![2]!,
    /^3 keys, 1 at the same addresses k-search search , at 1 address of these keys k-\w+ .*k-\w+ /,
  );
  assert.match(networks![0]![2]!, /k-nobody not registered/);
  assert.deepEqual(networks![1]!.slice(1, 3), ["k-b", ""]);
  assert.deepEqual(networks![1]!.slice(5), ["10", "10"]);
});

test("both tables are there as CSV, and as SQL that runs over the views of analysts and finds the same keys", async () => {
  const csv = async (table: string) => textOf(`${PAYMENTS}?format=csv&table=${table}`);
  assert.deepEqual(
    (await csv("keys"))
      .split("\r\n")
      .slice(1, -1)
      .map((line) => line.split(",")[0]),
    ["k-a", "k-b", "k-idle"],
  );
  assert.match(await csv("networks"), /^k-a,gateway,64500,/m);
  const shown = sqlOf(await textOf(PAYMENTS));
  for (const [id, found] of [
    ["sql-keys", ["k-a", "k-b", "k-idle"]],
    ["sql-networks", ["k-a", "k-b"]],
  ] as const) {
    const query = shown.get(id)!;
    const rows = await (
      await checks.store.client.query({ query, format: "JSONEachRow" })
    ).json<{ readonly key_id: string }>();
    assert.deepEqual([...new Set(rows.map(({ key_id }) => key_id))].toSorted(), found);
  }
});

test("keys, searches and the list of keys lead to the owner; one that no key has is answered by 404 and not repeated", async () => {
  assert.match(await textOf("/keys/k-a"), /href="\.\.\/owners\/pay%2Fments"/);
  assert.match(await textOf("/keys"), /href="owners\/pay%2Fments"/);
  assert.match(await textOf("/search?q=ment"), /href="owners\/pay%2Fments"/);
  const missing = await get("/owners/nobody-here");
  assert.equal(missing.status, 404);
  assert.doesNotMatch(await missing.text(), /nobody-here/);
});

test("an address that is not understood is refused with the field and what it must be", async () => {
  for (const [query, said] of [
    ["format=xml", /format: must be one of html, csv/],
    ["table=all", /table: must be one of keys, networks/],
    ["format=csv&format=html", /format: given more than once/],
  ] as const) {
    const answer = await get(`${PAYMENTS}?${query}`);
    assert.deepEqual([answer.status, said.test(await answer.text())], [400, true], query);
  }
});

test("what a person judged benign counts no longer as unknown", async () => {
  const { store } = checks;
  const span = { from: now - DAY, to: now };

  const [share] = await readUnknownShares(store, ["k-a"], new Map(), span, []);
  assert.equal(share!.hours.length, 24);
  assert.equal(share!.hours[21], 20);
  const benign = {
    keyId: "k-a",
    keys: [],
    cause: "leak",
    verdict: "benign",
    openedAt: now - 2 * HOUR,
    lastFindingAt: now - MINUTE,
  } as never;
  assert.deepEqual(await readUnknownShares(store, ["k-a"], new Map(), span, [benign]), []);
});
