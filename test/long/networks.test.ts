import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

const OURS = "8.8.0.0/16,64500,Our resolvers,business\n";
const EVENTS = [
  { source_ip: "159.65.10.1", scope: "charges:write", user_agent: "Python-Requests/2.31 (linux)" },
  { source_ip: "2a01:4f8::1", scope: "", user_agent: "" },
  { source_ip: "8.8.8.8", scope: "charges:write", user_agent: "curl" },
  { source_ip: "10.9.9.9", scope: "charges:read", user_agent: "curl/8.5.0" },
  { source_ip: "203.0.113.9", scope: "", user_agent: "Mozilla/5.0 (X11)" },
];

/** What the analyst's account of the test's own server is answered; each line as its fields. */
async function asAnalyst(plimsoll: WholePlimsoll, query: string): Promise<string[][]> {
  const url = new URL(plimsoll.clickhouseUrl);
  const password = readFileSync(join(plimsoll.dir, "clickhouse", "clickhouse-analyst.password"), "utf8").trim();
  const authorization = `Basic ${Buffer.from(`analyst:${password}`).toString("base64")}`;
  const answer = await fetch(`${url.origin}/?database=plimsoll`, {
    method: "POST",
    body: query,
    headers: { authorization },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"));
}

const networkOf = (address: string) =>
  `SELECT dictGet('network_of', ('asn', 'name', 'type'), toIPv6('${address}')).1, dictGet('network_of', 'name', toIPv6('${address}')),
   dictGet('network_of', 'type', toIPv6('${address}'))`;

test("every event is stored with its network, and analysts find the same network in a dictionary that follows the networks file", async (t) => {
  const plimsoll = await startWholePlimsoll(t, { ownClickHouse: true, networks: OURS });
  await plimsoll.startServe();
  await plimsoll.startWork();
  const ts = new Date().toISOString();
  const body = EVENTS.map((event) => JSON.stringify({ ts, key_id: "key-1", route: "/v1/charges", ...event })).join(
    "\n",
  );
  assert.equal((await plimsoll.post(body)).status, 202);
  await plimsoll.untilRecorded();

  const stored = await plimsoll.ask("SELECT source_ip, asn, network_type FROM requests ORDER BY asn, source_ip");
  assert.deepEqual(stored, [
    { source_ip: "::ffff:10.9.9.9", asn: 0, network_type: "internal" },
    { source_ip: "::ffff:203.0.113.9", asn: 0, network_type: "unknown" },
    { source_ip: "::ffff:159.65.10.1", asn: 14061, network_type: "hosting" },
    { source_ip: "2a01:4f8::1", asn: 24940, network_type: "hosting" },
    { source_ip: "::ffff:8.8.8.8", asn: 64500, network_type: "business" },
  ]);
  const seen = await plimsoll.ask<{ value: string }>(
    "SELECT DISTINCT concat(level, ' ', value) AS value FROM first_seen WHERE level IN ('scope', 'user_agent') ORDER BY value",
  );
  assert.deepEqual(
    seen.map(({ value }) => value),
    [
      "scope charges:read",
      "scope charges:write",
      "user_agent curl",
      "user_agent mozilla",
      "user_agent python-requests",
    ],
  );

  const first = await plimsoll.plimsoll("run", "refresh-networks");
  assert.match(first.output, /"outcome":"refreshed"/);
  assert.deepEqual(await asAnalyst(plimsoll, networkOf("::ffff:8.8.8.8")), [["64500", "Our resolvers", "business"]]);
  assert.deepEqual(await asAnalyst(plimsoll, networkOf("2a01:4f8::1")), [["24940", "Hetzner Online GmbH", "hosting"]]);
  assert.deepEqual(await asAnalyst(plimsoll, networkOf("::ffff:10.9.9.9")), [["0", "your own network", "internal"]]);
  assert.deepEqual(await asAnalyst(plimsoll, networkOf("::ffff:203.0.113.9")), [["0", "", "unknown"]]);
  const named = "SELECT source_ip, asn_name FROM source_networks WHERE asn > 0 ORDER BY asn";
  assert.deepEqual(await asAnalyst(plimsoll, named), [
    ["::ffff:159.65.10.1", "DigitalOcean, LLC"],
    ["2a01:4f8::1", "Hetzner Online GmbH"],
    ["::ffff:8.8.8.8", "Our resolvers"],
  ]);
  const names = await plimsoll.store.networks.readNetworkNames([
    { address: "159.65.10.1", asn: 14061 },
    { address: "2a01:4f8::1", asn: 24940 },
    // The system that the address was recorded with is not the one that it is in now.
    { address: "8.8.8.8", asn: 15169 },
  ]);
  assert.deepEqual(Object.fromEntries(names), {
    "159.65.10.1": "DigitalOcean, LLC",
    "2a01:4f8::1": "Hetzner Online GmbH",
  });
  for (const query of [
    "INSERT INTO networks (prefix) VALUES ('x')",
    "DROP DICTIONARY network_of",
    "TRUNCATE TABLE networks",
  ]) {
    await assert.rejects(asAnalyst(plimsoll, query), /Not enough privileges|readonly/);
  }

  writeFileSync(join(plimsoll.dir, "networks.csv"), "");
  const second = await plimsoll.plimsoll("run", "refresh-networks");
  assert.match(second.output, /"dictionary":"reloaded"/);
  assert.deepEqual(await asAnalyst(plimsoll, networkOf("::ffff:8.8.8.8")), [["15169", "Google LLC", "cloud"]]);
  const versions = await plimsoll.ask(
    "SELECT uniqExact(version, refreshed_at) AS versions, count() > 500000 AS whole FROM networks",
  );
  assert.deepEqual(versions, [{ versions: 1, whole: 1 }]);
  const leftOver = await plimsoll.ask("SELECT name FROM system.tables WHERE name LIKE 'networks_next_%'");
  assert.deepEqual(leftOver, []);
});
