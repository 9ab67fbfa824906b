import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { openPages, type OpenPages } from "../helpers/open-pages.js";
import { insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
/** Pages are asked for at no whole second. */
const now = Math.floor(Date.now() / HOUR) * HOUR;
let checks = undefined as unknown as OpenChecks;
let pages = undefined as unknown as OpenPages;

before(async () => {
  checks = await openChecks();
  pages = await openPages({ advance: checks.deps, now: () => now + 547 });
  const { store } = checks;
  await store.registry.insertKeys([keyVersion({ keyId: "k-old", owner: "payments" })], "test");
  const use = (keyId: string, at: number, changed: object, source = "203.0.113.7") =>
    perMinute(keyId, at, [10], { asn: 64_500, networkType: "hosting", ...changed }, source);
  await insertEvents(store, [
    ...use("k-old", now - 80 * DAY, { spendMicros: 9_000_000 }),
    ...use("k-old", now - 20 * DAY, { spendMicros: 1_000_000 }),
    ...use("k-old", now - 2 * HOUR, { route: "/v1/refunds", spendMicros: 500_000 }, "203.0.113.8"),
    ...use("k-new", now - 3 * HOUR, {}, "2001:db8::7"),
    ...use("k-dead", now - 4 * HOUR, { status: 401 }),
    ...use("k-slow", now - 5 * HOUR, { status: 429 }, "203.0.112.9"),
    ...use("k-gone", now - 85 * DAY, { asn: 64_510 }, "192.0.2.77"),
    ...use("k-else", now - HOUR, { asn: 64_501 }, "198.51.100.1"),
    ...use("k-told", now - HOUR, { observedBy: "provider" }),
  ]);
});
after(async () => {
  await pages.close();
  await checks.close();
});

/** Rows of the page's table as texts of their cells. */
const rowsOf = async (network: string) => {
  const answer = await fetch(`${pages.url}/networks/${encodeURIComponent(network)}`, {
    headers: { cookie: pages.cookie },
  });
  assert.equal(answer.status, 200);
  const text = await answer.text();
  return [...text.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, row]) =>
      [...row!.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell!.replaceAll(/<[^>]+>|\s+/g, " ").trim()),
    );
};
const keysOf = async (network: string) => (await rowsOf(network)).map(([key]) => key!.split(" ")[0]);

test("a network's page names every key that used it in ten weeks, refused or served, and by no report of a provider", async () => {
  assert.deepEqual(await keysOf("AS64500"), ["k-old", "k-new", "k-dead", "k-slow"]);
  assert.deepEqual(await keysOf("AS64501"), ["k-else"]);
  assert.deepEqual(await keysOf("AS64999"), []);
});

test("who was ever served from a network is said, however long ago, also where nobody is now", async () => {
  const factOf = async (network: string) => {
    const answer = await fetch(`${pages.url}/networks/${encodeURIComponent(network)}`, {
      headers: { cookie: pages.cookie },
    });
    const [, fact = ""] = /<dt>Ever served from it<\/dt>\s*<dd>(.*?)<\/dd>/s.exec(await answer.text()) ?? [];
    return fact
      .replaceAll(/<[^>]+>|\s+/g, " ")
      .replaceAll(/ +/g, " ")
      .trim();
  };
  assert.match(await factOf("AS64510"), /^1 key, the first at [^;]+; last before those 70 days: k-gone , until /);
  assert.match(await factOf("192.0.2.77"), /^1 key, .*k-gone/);
  assert.match(await factOf("AS64500"), /^2 keys, the first at [^;]+$/);
  assert.equal(await factOf("AS64999"), "no key, as long as Plimsoll has records");
});

test("an address and a block are asked for by themselves, in IPv4 and IPv6", async () => {
  assert.deepEqual(await keysOf("203.0.113.7"), ["k-dead", "k-old"]);
  assert.deepEqual(await keysOf("203.0.113.0/24"), ["k-old", "k-dead"]);
  assert.deepEqual(await keysOf("203.0.112.0/23"), ["k-old", "k-dead", "k-slow"]);
  assert.deepEqual(await keysOf("2001:db8::/32"), ["k-new"]);
});

test("a row says whether the network is known to the key, since when, how much, what was refused, and for what", async () => {
  const [old, young, dead, slow] = (await rowsOf("AS64500")).map((row) =>
    row.map((cell) => cell.replaceAll(/ +/g, " ")),
  );
  assert.match(old![0]!, /payments , seen by gateway/);
  assert.match(old![1]!, /known for a week or more/);
  assert.deepEqual(old!.slice(4), ["2", "20", "0", "$1.50", "GET /v1/refunds"]);
  assert.match(young![1]!, /new: served for less than a week/);
  assert.match(dead![1]!, /^never served/);
  assert.deepEqual(dead!.slice(4), ["1", "10", "10", "$0.00", "GET /v1/charges"]);
  assert.equal(slow![6], "10");
});

test("what is no network is answered by 404, and another spelling leads to the one name", async () => {
  const ask = async (way: string) =>
    fetch(`${pages.url}/networks/${way}`, { headers: { cookie: pages.cookie }, redirect: "manual" });
  assert.equal((await ask("payments")).status, 404);
  assert.equal((await ask("0.0.0.0%2F0")).status, 404);
  assert.equal((await ask("as64500")).headers.get("location"), "../networks/AS64500");
  assert.equal((await ask("203.0.113.0/24")).headers.get("location"), "../../networks/203.0.113.0%2F24");
});
