import assert from "node:assert/strict";
import { test } from "node:test";
import { printFields } from "../../src/commands/print-table.js";
import { namedWithId } from "../../src/model/key/key.js";
import { keyText, othersTexts } from "../../src/page/compose/other-keys.js";
import type { FleetRow } from "../../src/pipeline/view/read-fleet.js";
import { fleetPage } from "../../src/web/fleet-page.js";
import { openIncidents } from "../../src/web/open-incidents.js";
import { spendChart } from "../../src/web/usage-chart.js";
import { foldIncident } from "../../src/incident/fold-incident.js";
import { incident, transition } from "../helpers/incident-parts.js";
import { KEY } from "../helpers/page-parts.js";

const at = Date.UTC(2026, 2, 8, 2, 11);
const HOUR = 3_600_000;
const row = (state: FleetRow["state"]): FleetRow => ({
  keyId: KEY.keyId,
  observedBy: "gateway",
  formerIds: [],
  requests: 1,
  spendMicros: 0,
  throttled: 0,
  busiestMinute: 1,
  hours: [],
  state,
  incidents: 0,
  atRiskMicros: null,
  unknownHours: null,
});
const fleetOf = (state: FleetRow["state"], revokedAt: number | null) => {
  const registry = new Map([[KEY.keyId, { ...KEY, revokedAt }]]);
  return fleetPage({ at, incidents: [], keys: [row(state)], dearestAt: at, registry, checkedUntil: undefined });
};

test("a revoked key is called that among the keys, beside what is known against it, and no key that is not revoked yet", () => {
  assert.match(fleetOf("under_suspicion", at - HOUR), />revoked, under suspicion</);
  assert.match(fleetOf("ok", at), />revoked</);
  assert.doesNotMatch(fleetOf("ok", at + HOUR), /revoked/);
  assert.match(fleetOf("ok", null), /Open incidents: none\./);
});

test("of many open incidents the fleet shows the worst fifty, and how many there are, with the way to all", () => {
  const many = Array.from({ length: 1060 }, (_, n) => incident(n < 40 ? "critical" : "warning", { openedAt: at - n }));
  const shown = openIncidents(many, new Map(), at).text;
  const rows = [...shown.matchAll(/<tr role="row">[\s\S]*?<\/tr>/g)]
    .slice(1)
    .map(([text]) => /critical|warning/.exec(text)?.[0]);
  assert.deepEqual(rows, [
    ...Array.from({ length: 40 }, () => "critical"),
    ...Array.from({ length: 10 }, () => "warning"),
  ]);
  assert.match(shown, /Open incidents: 1,060[\s\S]*<a href="incidents\?state=open">All 1,060 open incidents<\/a>/);
  assert.doesNotMatch(openIncidents(many.slice(0, 50), new Map(), at).text, /All 50/);
});

test("the fleet opens with what is open, what that may cost, and of when that is", () => {
  const risky = { ...row("incident"), incidents: 1, atRiskMicros: 2_741_320_000 };
  const open = transition({ keyId: KEY.keyId, severity: "critical", at });
  const incidents = [{ incident: foldIncident([open], at)!, transitions: [open] }];
  const registry = new Map([[KEY.keyId, KEY]]);
  const view = { at, incidents, keys: [risky, { ...risky, observedBy: "caller" as const }], dearestAt: at, registry };
  const text = fleetPage({ ...view, checkedUntil: at - HOUR })
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
  assert.match(text, /Open incidents 1 1 critical At risk \$2,741\.32 until the next business morning/);
  assert.match(text, /Keys on record 1 .* As of 2026-03-08 02:11 keys are not checked since 2026-03-08 01:11 UTC/);
});

test("a chart of spend says until when it counts", () => {
  const none = [null, null];
  const curve = { from: at, stepMs: HOUR, requests: [1, 1], spendMicros: [1e6, 2e6] };
  const shown = { ...curve, expected: none, low: none, high: none, limits: none };
  const { text } = spendChart({ caption: "Spend", curve: shown, marks: [] });
  assert.match(text, /\$3\.00 in total; .* Counted until 2026-03-08 04:11 UTC\./);
});

test("of other keys that were used from there before, nobody is told that none is new there", () => {
  const others = { keys: 1, apart: 1, fresh: 0, listed: [], shared: [], networksLeft: 0 };
  assert.equal(othersTexts(others, (id) => id)[0], "also used on 1 other key:");
  assert.equal(othersTexts({ ...others, fresh: 1 }, (id) => id)[0], "also used on 1 other key, for the first time:");
});

test("a key is named once where what it is known by is its id, or nothing", () => {
  const texts = [namedWithId("first-key", "first-key"), namedWithId("", "k"), namedWithId(undefined, "k")];
  assert.deepEqual([...texts, namedWithId("sk_…2d8e", "k")], ["first-key", "k", "k", "sk_…2d8e (k)"]);
  assert.equal(keyText("k", new Map([["k", { display: "k", owner: "ana" }]])), "k, ana");
});

test("what has no value is no line", () => {
  assert.equal(
    printFields([
      ["state", "open"],
      ["keys", ""],
      ["", "more"],
    ]),
    "state  open\n       more",
  );
});
