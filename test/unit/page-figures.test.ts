import assert from "node:assert/strict";
import { test } from "node:test";
import { publicKeyFinding } from "../../src/pipeline/audit/public-key-finding.js";
import { costFigures } from "../../src/page/compose/cost-figures.js";
import { findingDetails } from "../../src/page/compose/finding-details.js";
import { NO_SOURCES } from "../../src/page/evidence.js";
import { investigationPage } from "../../src/web/investigation-page.js";
import { chartCaption } from "../../src/web/usage-chart.js";
import type { Investigation } from "../../src/pipeline/view/investigation.js";
import { DAY, finding, signals, T } from "../helpers/incident-parts.js";
import { EVIDENCE, KEY } from "../helpers/page-parts.js";

const registry = new Map([[KEY.keyId, KEY]]);
const leak = (since: object, changed: object = {}) =>
  finding("error", T, {
    keyId: KEY.keyId,
    statistics: {
      since_onset: {
        requests: 540,
        expected_requests: 140,
        spend_micros: 0,
        expected_spend_micros: null,
        novel_requests: 400,
        novel_spend_micros: 0,
        ...since,
      },
      spend_per_request: 0,
      at_risk_micros: 0,
      expected_once_in_key_days: 9,
      new_sources: [
        {
          address: "198.51.100.7",
          asn: 64500,
          network_type: "vpn",
          first_seen: new Date(T).toISOString(),
          requests: 400,
          spend_micros: 0,
        },
      ],
    },
    ...changed,
  });
const unpriced = {
  ...EVIDENCE,
  sources: null,
  usage: { ...EVIDENCE.usage!, requests: 580, unserved: 40, spendMicros: 0 },
  newUses: [{ level: "route", value: "/v1/export", requests: 40, refused: 0, spendMicros: 0 }],
};

test("where no request has a price a page says that costs are unknown, and nowhere $0.00", () => {
  const details = findingDetails(leak({}), registry, unpriced);
  assert.equal(details["cost"], "unknown: no request has a price");
  assert.ok(!("projected_cost" in details));
  assert.ok(!JSON.stringify(details).includes("$0.00"), JSON.stringify(details));
  const priced = findingDetails(leak({ spend_micros: 5_000_000 }), registry, unpriced);
  assert.match(String(priced["cost"]), /^\$5\.00 since the onset/);
});

test("where no source is blamed a page counts as cost what the expected requests do not cost, not the mean of all", () => {
  const dear = { spend_micros: 9_000_000, expected_spend_micros: 1_000_000, novel_requests: 0 };
  const of = (since: object) => costFigures(leak(since))?.soFarMicros;
  assert.equal(of(dear), 8_000_000);
  assert.equal(of({ ...dear, spend_micros: 900_000 }), 0);
  assert.equal(of({ ...dear, expected_spend_micros: null }), 6_666_667);
  assert.match(String(findingDetails(leak(dear), registry, unpriced)["cost"]), /^\$9\.00 .*; about \$1\.00 expected/);
});

test("requests that were not served are said beside those that were, and wherever they are counted", () => {
  const details = findingDetails(leak({}), registry, unpriced);
  assert.match(String(details["requests"]), /^540 served since the onset, .*; 40 more refused or failed$/);
  assert.match(String(details["limit"]), /116\/min on average since the onset, refused and failed requests included/);
});

test("no signal has a larger share of a score than all of it", () => {
  const details = findingDetails(
    leak({}, { score: 11, signals: signals(["sources", 11.1], ["routes", 4]) }),
    registry,
    EVIDENCE,
  );
  assert.deepEqual(
    (details["signals"] as string[]).map((line) => line.split(":")[0]),
    ["sources (11.0 of 11.0)", "routes (4.0 of 11.0)"],
  );
});

test("of a report that does not say since when the key is public no page says so either", () => {
  const facts = {
    keyId: KEY.keyId,
    key: KEY,
    publicSince: T - DAY,
    used: [],
    sources: NO_SOURCES,
    reporter: "r",
    place: "",
  };
  const sinceOf = (isSinceAssumed: boolean) =>
    String(findingDetails(publicKeyFinding({ ...facts, isSinceAssumed }, T), registry, EVIDENCE)["since"]);
  assert.match(sinceOf(true), /^unknown: the report does not say .* counted since 2026-03-07 12:00/);
  assert.match(sinceOf(false), /^2026-03-07 12:00/);
});

test("the dossier names another key once, and each address with its client and bytes", () => {
  const source = {
    address: "198.51.100.7",
    ip: "::ffff:198.51.100.7",
    asn: 64500,
    networkType: "vpn",
    name: "X",
    firstAt: T,
    lastAt: T,
    requests: 80,
    errors: 0,
    spendMicros: 5,
    bytes: 140_000_000,
    userAgents: ["python-requests/2.31"],
    standing: "new network",
    vouched: null,
    isUnknownSource: true,
  };
  const other = {
    keyId: "other",
    isSameAddress: true,
    isShared: false,
    firstServedAt: T,
    lastAt: T,
    requests: 3,
    refused: 0,
    spendMicros: 0,
  };
  const page = investigationPage({
    keyId: KEY.keyId,
    key: KEY,
    from: T - DAY,
    to: T,
    onset: T,
    found: [],
    uses: [],
    hours: [],
    sources: [source],
    networks: [{ asn: 64500, name: "X", networkType: "vpn", isUnknownSource: true, requests: 80, sources: [source] }],
    taken: { firstAt: T, lastAt: T, requests: 80, spendMicros: 5, bytes: 140_000_000 },
    others: { listed: [other], keys: 1, apart: 1, fresh: 1, shared: [], networksLeft: 0 },
    sessions: {
      sessionKeys: {
        busiest: ["a", "b", "c", "d", "e", "f"].map((end) => ({ value: `ASIASESSION${end}` })),
        total: 9,
      },
      tlsFingerprints: { busiest: [{ value: "t13d1516h2" }], total: 1 },
    },
    otherNames: new Map([["other", { display: "pk_search", owner: "growth" }]]),
  } as unknown as Investigation);
  assert.equal(page.match(/pk_search \(other\), growth/g)?.length, 1);
  assert.match(page, /python-requests\/2\.31<\/div>/);
  assert.equal(page.match(/140 MB/g)?.length, 2);
  assert.match(page, /Session keys of unknown sources.*ASIASESSIONa, .*ASIASESSIONe, and 4 more/s);
  assert.match(page, /TLS fingerprints of unknown sources.*t13d1516h2/s);
});

test("the chart of an incident of several keys says which of them it shows", () => {
  assert.equal(chartCaption(["orders", "search"], "orders"), "Requests a minute of orders, one of 2 keys");
  assert.equal(chartCaption([], "orders"), "Requests a minute");
});

test("a page on a principal names three of the session keys of new sources, and asks to revoke sessions instead of a key", () => {
  const details = (sessionKeys: readonly string[], total: number) => {
    const { blamed, others } = EVIDENCE.sources!;
    const busiest = blamed.busiest.map((source) => ({ ...source, sessionKeys }));
    const sources = { blamed: { ...blamed, busiest, sessionKeys: total }, others };
    return findingDetails(leak({}), registry, { ...EVIDENCE, sources });
  };
  const told = details(["ASIA1", "ASIA2", "ASIA3"], 7);
  assert.deepEqual(told["session_keys_of_new_sources"], [
    "ASIA1",
    "ASIA2",
    "ASIA3",
    "and 4 more session keys: see plimsoll investigate",
  ]);
  assert.match(String(told["next_steps"]), /If not: revoke the sessions of key_8c1d; then investigate/);
  const without = details([], 0);
  assert.equal(without["session_keys_of_new_sources"], undefined);
  assert.match(String(without["next_steps"]), /revoke this one/);
});
