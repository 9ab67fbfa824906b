import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, nat, property, record } from "fast-check";
import { advance, foldIncident } from "../../src/incident/fold-incident.js";
import { onFinding, onTick } from "../../src/incident/next-transition.js";
import { incidentsBySubject, stepIncidents, type Incidents } from "../../src/incident/step-incidents.js";
import type { Incident, IncidentTransition } from "../../src/model/incident/incident.js";
import type { Severity } from "../../src/model/incident/page.js";
import { DAY, finding, MINUTE, T, transition } from "../helpers/incident-parts.js";

const severities = constantFrom<Severity>("warning", "error", "critical");

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
        const step = severity !== null ? onFinding(state, finding(severity, at)) : state && onTick(state, at);
        const lastFindingAt = severity === null ? (state?.lastFindingAt ?? 0) : at;
        if (step === null) {
          state = state && { ...state, lastFindingAt: Math.max(state.lastFindingAt, lastFindingAt) };
          continue;
        }
        if (step.kind === "opened") appended = [];
        appended.push(step);
        state = advance(state, step, lastFindingAt);
        if (step.kind === "resolved") assert.ok(at - state.lastFindingAt >= DAY);
      }
      assert.deepEqual(foldIncident(appended, state?.lastFindingAt ?? 0), state);
    }),
  );
});

test("two writers, in any order, with any repeats, come to the same state", () => {
  const aStep = record({
    sequence: integer({ min: 1, max: 4 }),
    at: integer({ min: 0, max: 3 }).map((minutes) => T + minutes * MINUTE),
    kind: constantFrom<IncidentTransition["kind"]>(
      "opened",
      "escalated",
      "acknowledged",
      "noted",
      "resolved",
      "reopened",
    ),
    severity: severities,
    episode: integer({ min: 1, max: 3 }),
    findingId: constantFrom("", "one", "two"),
  });
  const anOrder = array(nat(), { minLength: 24, maxLength: 24 });
  check(
    property(array(aStep, { minLength: 1, maxLength: 8 }), anOrder, anOrder, (steps, repeats, order) => {
      const appended = steps.map(transition);
      const again = [...appended, ...repeats.map((i) => appended[i % appended.length]!)];
      const shuffled = again
        .map((one, i) => ({ one, place: order[i % order.length]! }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ one }) => one);
      assert.deepEqual(foldIncident(shuffled, T), foldIncident(appended, T));
    }),
    { numRuns: 300 },
  );
});

test("after a resolution only a reopening counts and what people add, and no transitions are no incident", () => {
  assert.equal(foldIncident([], T), null);
  const person = { actor: "ana", note: "was us", verdict: "benign", eventId: null, url: null } as const;
  const over = [transition({}), transition({ sequence: 2, kind: "resolved", reason: "by_person" })];
  const later = (sequence: number, kind: IncidentTransition["kind"]) =>
    transition({ sequence, kind, at: T + MINUTE, episode: 2, person });
  const state = foldIncident([...over, later(3, "escalated"), later(4, "noted")], T);
  assert.deepEqual(
    [state?.open, state?.episode, state?.changedAt, state?.endedBy, state?.verdict],
    [false, 2, T, "by_person", "benign"],
  );
  assert.equal(foldIncident([...over, later(3, "reopened")], T)?.open, true);
});

test("a new notification is not acknowledged by who acknowledged the last one", () => {
  const person = { actor: "ana", note: "", verdict: null, eventId: null, url: null } as const;
  const life = [transition({}), transition({ sequence: 2, kind: "acknowledged", reason: "by_person", person })];
  assert.equal(foldIncident(life, T)?.acknowledgedBy, "ana");
  const escalated = transition({ sequence: 3, kind: "escalated", reason: "higher_cost", episode: 2 });
  assert.equal(foldIncident([...life, escalated], T)?.acknowledgedBy, null);
  assert.equal(foldIncident([...life, { ...escalated, kind: "updated" }], T)?.acknowledgedBy, "ana");
});

test("a span of ticks gives the very steps of each tick alone, also where an incident ends and begins anew within it", () => {
  const days = array(
    record({ tick: integer({ min: 0, max: 400 }), severity: severities, key: constantFrom("k", "l") }),
  );
  const kinds = new Set<string>();
  check(
    property(days, nat(4), (drawn, cut) => {
      // Ticks ten minutes apart: a clean day fits into a span several times.
      const ticks = Array.from({ length: 401 }, (_, i) => T + i * 10 * MINUTE);
      const findings = drawn.map(({ tick, severity, key }) =>
        finding(severity, T + tick * 10 * MINUTE, { keyId: key }),
      );
      const whole = stepIncidents(new Map(), findings.toReversed(), ticks);
      let incidents: Incidents = new Map();
      const alone = [];
      for (let i = 0; i < ticks.length; i += cut + 1) {
        const span = ticks.slice(i, i + cut + 1);
        const own = findings.filter((one) => span.includes(one.tick));
        const part = stepIncidents(incidents, own, span);
        alone.push(...part.steps);
        incidents = incidentsBySubject([...part.incidents.values()]);
      }
      assert.deepEqual(whole.steps, alone);
      assert.deepEqual(incidentsBySubject([...whole.incidents.values()]), incidents);
      for (const step of whole.steps) kinds.add(step.transition.kind);
    }),
  );
  assert.deepEqual([...kinds].toSorted(), ["escalated", "opened", "quieted", "reopened", "resolved", "updated"]);
});
