import assert from "node:assert/strict";
import { test } from "node:test";
import { isFoundAfterEnd, keyStandingOf, type KeyFacts } from "../../src/detect/key-state.js";
import { keyStateText } from "../../src/pipeline/view/key-state-text.js";
import { goesOnSince } from "../../src/incident/weigh-evidence.js";
import type { Incident } from "../../src/model/incident/incident.js";
import { DAY, HOUR, incident, MINUTE, T } from "../helpers/incident-parts.js";

const OLD = { bornAt: T - 30 * DAY, suspectUntil: 0 };
const over = (changed: Partial<Incident>) =>
  incident("error", { open: false, endedBy: "by_person", changedAt: T - 2 * HOUR, ...changed });
const stateOf = (facts: Partial<KeyFacts>) =>
  keyStandingOf({ incidents: [], goOn: new Set(), baseline: OLD, ...facts }, T).state;

test("a key is OK only where nothing is known against it and its own baseline judges it; else the worst that holds is said", () => {
  const leak = over({ verdict: "leak", lastFindingAt: T - MINUTE });
  const table: readonly (readonly [string, Partial<KeyFacts>])[] = [
    ["ok", {}],
    ["incident", { incidents: [incident("warning")] }],
    ["still_leaking", { incidents: [leak], goOn: new Set([leak.incidentId]) }],
    ["incident", { incidents: [leak, incident("error", { incidentId: "other" })], goOn: new Set([leak.incidentId]) }],
    ["under_suspicion", { incidents: [leak] }],
    ["under_suspicion", { incidents: [over({ verdict: "benign", lastFindingAt: T - 3 * HOUR })] }],
    ["ok", { incidents: [over({ verdict: "leak", lastFindingAt: T - 25 * HOUR })] }],
    ["ok", { incidents: [over({ cause: "rule", verdict: "benign", lastFindingAt: T - HOUR })] }],
    ["under_suspicion", { incidents: [over({ cause: "outside_allowed", verdict: "leak", lastFindingAt: T - HOUR })] }],
    ["under_suspicion", { baseline: { ...OLD, suspectUntil: T + 1 } }],
    ["learning", { baseline: { bornAt: T - 2 * DAY, suspectUntil: 0 } }],
    ["no_baseline", { baseline: null }],
  ];
  assert.deepEqual(
    table.map(([, facts]) => stateOf(facts)),
    table.map(([state]) => state),
  );
});

test("a key is under suspicion until a day after its last page or what its baseline says, also while its incident is open", () => {
  const suspectUntil = (facts: Partial<KeyFacts>) =>
    keyStandingOf({ incidents: [], goOn: new Set(), baseline: OLD, ...facts }, T).suspectUntil;
  const page = incident("error", { lastFindingAt: T - HOUR });
  assert.deepEqual(
    [
      suspectUntil({ incidents: [page] }),
      suspectUntil({ incidents: [page], baseline: { ...OLD, suspectUntil: T + 30 * HOUR } }),
      suspectUntil({ incidents: [incident("warning")] }),
      suspectUntil({ incidents: [over({ verdict: "leak", lastFindingAt: T - 25 * HOUR })] }),
      suspectUntil({ baseline: null }),
    ],
    [T + 23 * HOUR, T + 30 * HOUR, null, null, null],
  );
});

test("where keys are not checked nothing good is said of one, and what is known against it stays", () => {
  const until = Date.parse("2026-03-08T12:31:00Z");
  const states = ["ok", "learning", "no_baseline", "incident", "still_leaking", "under_suspicion"] as const;
  assert.deepEqual(
    states.map((state) => keyStateText(state, until)),
    [
      ...Array.from({ length: 3 }, () => "not checked since 2026-03-08 12:31 UTC"),
      ...states.slice(3).map((one) => one.replaceAll("_", " ")),
    ],
  );
  assert.equal(keyStateText("ok", null), "not checked yet");
  assert.equal(keyStateText("ok", undefined), "OK");
});

const goesOn = (found: Partial<Parameters<typeof goesOnSince>[0]> & { readonly tick: number }, at: number) =>
  goesOnSince({ lastAt: null, isGoingOn: null, ...found }, at, T);

test("what a person resolved goes on only if it was found since, in a window that began after that", () => {
  const ended = over({ verdict: "leak", lastFindingAt: T });
  const cases = [ended, over({ verdict: "benign", lastFindingAt: T }), { ...ended, open: true }];
  cases.push(over({ endedBy: "clean_for_a_day", lastFindingAt: T }), over({ verdict: "leak", lastFindingAt: T - DAY }));
  assert.deepEqual(cases.map(isFoundAfterEnd), [true, false, false, false, false]);
  // 40 requests in the last 15 minutes; or the echo of those that came before.
  const echo = { tick: T, window: 3, novel: { asn_hosting: { requests: [0, 0, 80, 80] } } };
  const live = { tick: T, window: 3, novel: { asn_hosting: { requests: [40, 80, 80, 80] } } };
  assert.deepEqual(
    [goesOn(live, T - 20 * MINUTE), goesOn(echo, T - 20 * MINUTE), goesOn(live, T - 5 * MINUTE)],
    [true, false, false],
  );
  assert.equal(goesOn({ tick: T, window: 1 }, T - 61 * MINUTE), true);
  assert.equal(goesOn({ tick: T }, T - 59 * MINUTE), false);
});

test("what a person resolved is still leaking from the first request after that, and no longer once the last was a quarter of an hour ago", () => {
  const seen = (lastAt: number) => ({ tick: T, window: 3, lastAt });
  assert.equal(goesOn(seen(T - MINUTE), T - 2 * MINUTE), true, "no window lies after that yet");
  assert.equal(goesOn(seen(T - 3 * MINUTE), T - 2 * MINUTE), false);
  assert.equal(goesOn({ ...seen(T - 42 * MINUTE), isGoingOn: false }, T - 50 * MINUTE), false);
});
