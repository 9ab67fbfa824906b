import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, nat, property, record } from "fast-check";
import { advance, foldIncident, onFinding, onTick } from "../../src/incident/next-transition.js";
import { openIncidents, stepIncidents, type OpenIncidents } from "../../src/incident/step-incidents.js";
import type { Finding } from "../../src/model/finding.js";
import type { Incident, IncidentTransition } from "../../src/model/incident.js";
import type { Severity } from "../../src/model/page.js";

const T = Date.parse("2026-03-08T12:00:00Z");
const MINUTE = 60_000;
const DAY = 86_400_000;

function finding(severity: Severity, tick = T): Finding {
  return {
    findingId: `leak/k/gateway/${tick}`,
    tick,
    asOf: tick + 45_000,
    keyId: "k",
    observedBy: "gateway",
    cause: "leak",
    severity,
    score: 12,
    onset: tick - 5 * MINUTE,
    summary: "",
    signals: [],
    statistics: {},
  };
}

function incident(severity: Severity, changed: Partial<Incident> = {}): Incident {
  const usual = { incidentId: "leak/k/1", keyId: "k", cause: "leak", sequence: 3 } as const;
  return { ...usual, openedAt: T - DAY, severity, open: true, lastFindingAt: T - MINUTE, ...changed };
}

test("every kind of event in every state has its one transition, or none", () => {
  const step = (transition: IncidentTransition | null) =>
    transition && [transition.kind, transition.sequence, transition.severity];
  const table: [string, IncidentTransition | null, unknown][] = [
    ["a notice, nothing open", onFinding(null, finding("warning")), ["opened", 1, "warning"]],
    ["a page, nothing open", onFinding(null, finding("critical")), ["opened", 1, "critical"]],
    ["a page, one resolved", onFinding(incident("error", { open: false }), finding("error")), ["opened", 1, "error"]],
    ["the same again", onFinding(incident("error"), finding("error")), null],
    ["less bad", onFinding(incident("critical"), finding("warning")), null],
    ["worse: notice to page", onFinding(incident("warning"), finding("error")), ["escalated", 4, "error"]],
    ["worse: page to critical", onFinding(incident("error"), finding("critical")), ["escalated", 4, "critical"]],
    ["worse, but older than the incident", onFinding(incident("warning"), finding("critical", T - DAY - MINUTE)), null],
    [
      "worse, in its first minute",
      onFinding(incident("warning"), finding("error", T - DAY)),
      ["escalated", 4, "error"],
    ],
    ["time passes, found a minute ago", onTick(incident("error"), T), null],
    ["a minute short of a clean day", onTick(incident("error"), T - 2 * MINUTE + DAY), null],
    ["a clean day", onTick(incident("error"), T - MINUTE + DAY), ["resolved", 4, "error"]],
    ["an older minute is judged late", onTick(incident("error"), T - DAY), null],
    ["time passes over a resolved one", onTick(incident("error", { open: false }), T + 2 * DAY), null],
  ];
  for (const [name, transition, wanted] of table) assert.deepEqual(step(transition), wanted, name);
});

test("a repeated check makes the same transition under the same name; another minute, key or cause another incident", () => {
  assert.deepEqual(onFinding(null, finding("error")), onFinding(null, finding("error")));
  const ids = [
    onFinding(null, finding("error")),
    onFinding(null, finding("error", T + MINUTE)),
    onFinding(null, { ...finding("error"), keyId: "k/2" }),
    onFinding(null, { ...finding("error"), cause: "revoked_use" }),
  ].map((transition) => transition?.incidentId);
  assert.equal(new Set(ids).size, 4);
});

test("stepping through a life gives the same state as folding its transitions", () => {
  const lives = array(
    record({
      minutes: integer({ min: 1, max: 1500 }),
      severity: constantFrom<Severity | null>("warning", "error", "critical", null),
    }),
  );
  check(
    property(lives, (steps) => {
      let [at, state] = [T, null as Incident | null];
      let appended: IncidentTransition[] = [];
      for (const { minutes, severity } of steps) {
        at += minutes * MINUTE;
        const transition = severity !== null ? onFinding(state, finding(severity, at)) : state && onTick(state, at);
        const lastFindingAt = severity === null ? (state?.lastFindingAt ?? 0) : at;
        if (transition === null) {
          state = state && { ...state, lastFindingAt: Math.max(state.lastFindingAt, lastFindingAt) };
          continue;
        }
        if (transition.kind === "opened") appended = [];
        appended.push(transition);
        state = advance(state, transition, lastFindingAt);
        if (transition.kind === "resolved") assert.ok(at - state.lastFindingAt >= DAY);
      }
      assert.deepEqual(foldIncident(appended, state?.lastFindingAt ?? 0), state);
    }),
  );
});

test("two writers, in any order, with any repeats, come to the same state", () => {
  const aStep = record({
    sequence: integer({ min: 1, max: 4 }),
    at: integer({ min: 0, max: 3 }).map((minutes) => T + minutes * MINUTE),
    kind: constantFrom<IncidentTransition["kind"]>("opened", "escalated", "resolved"),
    severity: constantFrom<Severity>("warning", "error", "critical"),
    findingId: constantFrom("", "one", "two"),
  });
  const anOrder = array(nat(), { minLength: 24, maxLength: 24 });
  check(
    property(array(aStep, { minLength: 1, maxLength: 8 }), anOrder, anOrder, (steps, repeats, order) => {
      const appended = steps.map((one): IncidentTransition => ({
        ...one,
        incidentId: "leak/k/1",
        keyId: "k",
        cause: "leak",
        reason: "worse_severity",
      }));
      const again = [...appended, ...repeats.map((i) => appended[i % appended.length]!)];
      const shuffled = again
        .map((transition, i) => ({ transition, place: order[i % order.length]! }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ transition }) => transition);
      assert.deepEqual(foldIncident(shuffled, T), foldIncident(appended, T));
    }),
    { numRuns: 300 },
  );
});

test("nothing follows a resolution, and no transitions are no incident", () => {
  const step = (sequence: number, kind: IncidentTransition["kind"]): IncidentTransition => ({
    incidentId: "i",
    sequence,
    at: T,
    keyId: "k",
    cause: "leak",
    kind,
    reason: "worse_severity",
    severity: "error",
    findingId: "",
  });
  assert.equal(foldIncident([], T), null);
  const steps = [step(3, "escalated"), step(2, "resolved"), step(1, "opened")];
  assert.deepEqual(foldIncident(steps, T), { ...foldIncident(steps.slice(1), T) });
  assert.equal(foldIncident(steps, T)?.open, false);
});

test("a span of ticks gives the very steps of each tick alone, also where an incident ends and begins anew within it", () => {
  const kinds = constantFrom<Severity>("warning", "error", "critical");
  const days = array(record({ tick: integer({ min: 0, max: 400 }), severity: kinds, key: constantFrom("k", "l") }));
  const resolutions = new Set<string>();
  check(
    property(days, nat(4), (drawn, cut) => {
      // Ticks ten minutes apart: a clean day fits into a span several times.
      const ticks = Array.from({ length: 401 }, (_, i) => T + i * 10 * MINUTE);
      const findings = drawn.map(({ tick, severity, key }) => {
        const at = T + tick * 10 * MINUTE;
        return { ...finding(severity, at), keyId: key, findingId: `leak/${key}/gateway/${at}/${severity}` };
      });
      const whole = stepIncidents(openIncidents([]), findings.toReversed(), ticks);
      let open: OpenIncidents = openIncidents([]);
      const alone = [];
      for (let i = 0; i < ticks.length; i += cut + 1) {
        const span = ticks.slice(i, i + cut + 1);
        const part = stepIncidents(
          open,
          findings.filter((one) => span.includes(one.tick)),
          span,
        );
        alone.push(...part.steps);
        open = openIncidents([...part.open.values()]);
      }
      assert.deepEqual(whole.steps, alone);
      assert.deepEqual([...whole.open.values()], [...open.values()]);
      for (const { transition } of whole.steps) resolutions.add(transition.kind);
    }),
  );
  assert.deepEqual([...resolutions].toSorted(), ["escalated", "opened", "resolved"]);
});
