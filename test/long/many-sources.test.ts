import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { blamedSources } from "../../src/model/finding/blamed-sources.js";
import { investigationToCsv } from "../../src/commands/investigate-csv.js";
import { investigationToJson } from "../../src/commands/investigate-data.js";
import { investigationToText } from "../../src/commands/investigate-text.js";
import type { Finding } from "../../src/model/finding/finding.js";
import type { Incident } from "../../src/model/incident/incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { readInvestigation } from "../../src/pipeline/view/investigation.js";
import { evidenceQuery } from "../../src/pipeline/page/evidence-query.js";
import { expectIncident, usualNetworks } from "../../src/pipeline/incident/expect-incident.js";
import { findingDetails } from "../../src/page/compose/finding-details.js";
import { readPageEvidence } from "../../src/pipeline/page/read-page-evidence.js";
import { previewSuppression } from "../../src/pipeline/incident/preview-suppression.js";
import { readOpenIncidents } from "../../src/pipeline/incident/read-incidents.js";
import { investigationPage } from "../../src/web/investigation-page.js";
import { DAY, figuresOf, HOUR, MINUTE } from "../helpers/incident-parts.js";
import { openUsualFleet, type UsualFleet } from "../helpers/usual-fleet.js";

const ADDRESSES = 60;
const MINUTES = 20;
const OTHERS = 19;
const NAT_KEYS = 1_199;
const BLOCK = /^198\.51\.(9[6-9]|10\d|11[01])\./;
const PERSON = { actor: "ana", note: "ours", verdict: "benign", eventId: null, url: null } as const;
let fleet = undefined as unknown as UsualFleet;
let found = undefined as unknown as Finding;
let opened = undefined as unknown as Incident;

/** Events of so many sources at an instant (SQL with `number`). */
async function insert(rows: number, keyId: string, ip: string, at: string, count: number, status = 200): Promise<void> {
  const isOwn = ip.includes("'10.");
  await fleet.checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, bytes, spend_micros, user_agent, route, ingest_source, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${at})), ${keyId}, 'gateway', toIPv6(concat('::ffff:', ${ip})), ${isOwn ? 0 : 64_500},
        '${isOwn ? "internal" : "hosting"}', ${status}, ${count}, 100, ${status < 400 ? 1500 * count : 0}, '${isOwn ? "billing-service/4.2" : "python-requests/2.31"}', '/v1/customers', 'gw', true
      FROM numbers(${rows})`,
  });
}

/** The findings about the key at the end of a minute (epoch ms), and what they do to incidents. */
async function check(tick: number): Promise<Finding | undefined> {
  const { store, deps } = fleet.checks;
  const span = { hour: Math.ceil(tick / HOUR) * HOUR - HOUR, ticks: [tick] };
  const { findings } = await checkSpan(deps, span, await store.readClock(), "rollups");
  await store.check.insertFindings(findings);
  await advanceIncidents(deps, findings, [tick]);
  return findings.find(({ keyId, subject }) => keyId === "key_0" && subject === null);
}

const ownIncidents = async () =>
  (await readOpenIncidents(fleet.checks.store)).filter(({ keyId, subject }) => keyId === "key_0" && subject === null);
const attacker = (n: string) => `concat('198.51.', toString(96 + (${n}) % 16), '.', toString(10 + intDiv(${n}, 16)))`;

before(async () => {
  fleet = await openUsualFleet(OTHERS + 5);
  const { now } = fleet;
  // Sixty hosts of the key's own, each busier than any of the attacker's sixty addresses.
  await insert(60, "'key_0'", "concat('10.1.2.', toString(number))", String(now - 2 * HOUR), 200);
  // One of the attacker's networks is an egress that many keys have used for long.
  await insert(NAT_KEYS, "concat('nat_', toString(number))", "'198.51.111.200'", String(now - 5 * DAY), 1);
  await fleet.insertUsual(now, now + (MINUTES + 2) * MINUTE);
  const perMinute = ADDRESSES * (MINUTES + 2);
  const minute = `${now} + intDiv(number, ${ADDRESSES}) * ${MINUTE}`;
  await insert(perMinute, "'key_0'", attacker(`number % ${ADDRESSES}`), minute, 2);
  // The same machines try other keys: most are served once or twice, the last is only refused.
  await insert(OTHERS - 1, "concat('key_', toString(1 + number))", attacker("number % 8"), String(now + MINUTE), 1);
  await insert(1, `'key_${OTHERS}'`, attacker("3"), String(now + MINUTE), 4, 403);
  const finding = await check(now + MINUTES * MINUTE);
  assert.ok(finding !== undefined, "the theft is found");
  found = finding;
  opened = (await ownIncidents())[0]!;
});
after(() => fleet.close());

test("a finding blames every source, and a page counts those that it has no room for: no attacker is listed as another source of the key", async () => {
  const { addresses, networks } = blamedSources(found);
  assert.equal(addresses, ADDRESSES);
  assert.ok(networks !== null && networks.length === ADDRESSES);
  assert.ok(
    networks.every((network) => BLOCK.test(network)),
    networks.join(),
  );
  const { store } = fleet.checks;
  const evidence = await readPageEvidence(store, found);
  const { new_networks: now, other_sources: others } = findingDetails(found, new Map(), evidence) as {
    new_networks: string[];
    other_sources: string[];
  };
  assert.equal(now.length, 6);
  assert.match(now[5]!, /^and 55 more addresses: 2,200 requests; all are in 16 networks$/);
  assert.ok(others.length > 0 && others.every((line) => !BLOCK.test(line)), others.join("; "));
  const rows = await fleet.checks.ask<{ is_blamed: number; source_ip: string }>(
    evidenceQuery(found, evidence.keyIds)!.replace(/LIMIT 50 BY/, "LIMIT 500 BY"),
  );
  const blamed = rows.filter(({ is_blamed }) => is_blamed === 1).map(({ source_ip: ip }) => ip.replace("::ffff:", ""));
  assert.deepEqual([blamed.length, blamed.every((ip) => BLOCK.test(ip))], [ADDRESSES, true]);
  assert.ok(
    rows.slice(0, ADDRESSES).every(({ is_blamed }) => is_blamed === 1),
    "the blamed come first",
  );
});

test("in the investigation every network of unknown sources stands before the busiest of the key's own, in the same order as text, CSV, JSON and page, and what is cut off is counted", async () => {
  const { store } = fleet.checks;
  const to = fleet.now + MINUTES * MINUTE;
  const asked = { keyId: "key_0", key: null, from: to - DAY, to, onset: found.onset };
  const investigation = await readInvestigation(store, asked);
  assert.deepEqual(
    [investigation.networks[0]?.isUnknownSource, investigation.networks[0]?.sources.length],
    [true, ADDRESSES],
  );
  assert.ok(investigation.sources[0]!.requests < investigation.sources.at(-1)!.requests, "the key's own are busier");
  const ofCsv = investigationToCsv(investigation)
    .split("\r\n")
    .filter((line) => line.startsWith("source,"))
    .map((line) => line.split(",")[1]);
  const ofJson = investigationToJson(investigation).sources.map(({ address }) => address);
  const order = investigation.sources.map(({ address }) => address);
  assert.deepEqual([ofCsv, ofJson], [order, order]);
  assert.ok(
    order.slice(0, ADDRESSES).every((address) => BLOCK.test(address)),
    order.join(" "),
  );
  const lines = investigationToText(investigation).split("\n");
  const text = lines.slice(lines.findIndex((line) => line.startsWith("From where")) + 2);
  assert.deepEqual(
    text.slice(0, 10).map((line) => line.split(" ")[0]),
    order.slice(0, 10),
  );
  assert.match(text[10]!, /^and 50 more addresses +AS64500 .*unknown source/);
  const page = investigationPage(investigation);
  const cells = [...page.matchAll(/<td[^>]*><code><a[^>]*>([^<]+)<\/a><\/code>\s*<div/g)].map(([, address]) => address);
  assert.deepEqual(cells.slice(0, 25), order.slice(0, 25));
  assert.match(page, /<td[^>]*>and 35 more\s*<div/);
});

test("a page and an investigation say on which other keys the same sources were used, and which of their networks many keys share", async () => {
  const { store } = fleet.checks;
  const registry = await store.registry.readKeys(fleet.now, await store.readClock());
  const { other_keys: lines } = findingDetails(found, registry, await readPageEvidence(store, found)) as {
    other_keys: string[];
  };
  assert.equal(lines[0], `also used on ${OTHERS} other keys, for the first time:`);
  assert.match(
    lines[1]!,
    /^sk_live_…\d+ \(key_19\), team-1: 4 requests from the same addresses, 4 of them refused, .*never served there$/,
  );
  assert.deepEqual(lines.slice(6), [
    "and 14 more keys",
    "198.51.111.0/24 is shared by 1,200 keys",
    "1,199 other keys used only such shared networks: weak evidence",
  ]);
  const to = fleet.now + MINUTES * MINUTE;
  const asked = { keyId: "key_0", key: null, from: to - DAY, to, onset: found.onset };
  const investigation = await readInvestigation(store, asked);
  const json = investigationToJson(investigation).other_keys as {
    keys: number;
    never_before: number;
    listed: unknown[];
  };
  assert.deepEqual([json.keys, json.never_before, json.listed.length], [OTHERS + NAT_KEYS, OTHERS, 20]);
  for (const shown of [
    investigationToText(investigation),
    investigationPage(investigation).replaceAll(/<\/?a\b[^>]*>/g, ""),
  ]) {
    assert.match(shown, /also used on 19 other keys, for the first time/);
    assert.match(shown, /198\.51\.111\.0\/24 is shared by 1,200 keys/);
  }
  // Many incidents at once: their pages do not wait for this.
  const inStorm = findingDetails(found, registry, await readPageEvidence(store, found, false));
  assert.match(String(inStorm["other_keys"]), /^not looked up because many incidents began at once/);
});

test("an expectation over the block that all sources are in hides the next finding, one over the networks that are listed does not", async () => {
  const { store, deps } = fleet.checks;
  const at = fleet.now + MINUTES * MINUTE;
  const usual = usualNetworks(found);
  assert.deepEqual([usual?.length, usual?.[0], usual?.at(-1)], [16, "198.51.96.0/24", "198.51.111.0/24"]);
  const listed = (figuresOf(found)["new_sources"] as { address: string }[]).map(({ address }) => address);
  const until = Date.now() + DAY;
  for (const [networks, hides] of [
    [listed, 0],
    [["198.51.96.0/21"], 0],
    [["198.51.96.0/20"], 1],
    [usual!, 1],
  ] as const) {
    const { hidden } = await previewSuppression(store, opened, networks, at + MINUTE);
    assert.equal(hidden, hides, networks.join());
  }
  await expectIncident(deps, opened, { networks: ["198.51.96.0/20"], until }, PERSON, at);
  assert.notEqual(await check(at + MINUTE), undefined, "it is found again");
  assert.deepEqual(await ownIncidents(), []);
});
