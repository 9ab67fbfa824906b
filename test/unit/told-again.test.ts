import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as check, constantFrom, integer, property, record } from "fast-check";
import { advance } from "../../src/incident/fold-incident.js";
import { onFinding, onTick } from "../../src/incident/next-transition.js";
import { onPerson } from "../../src/incident/on-person.js";
import { stepIncidents } from "../../src/incident/step-incidents.js";
import type { Finding } from "../../src/model/finding/finding.js";
import type { Incident, IncidentTransition, IncidentAction } from "../../src/model/incident/incident.js";
import { pagesFor } from "../../src/page/compose/compose-pages.js";
import { NO_EVIDENCE } from "../../src/page/evidence.js";
import { finding, type FindingChange, HOUR, MINUTE, signals, T } from "../helpers/incident-parts.js";

const rule = (name: string, tick: number, changed: FindingChange = {}, also: string[] = []): Finding =>
  finding("warning", tick, {
    cause: "rule",
    statistics: { rule: name, also },
    signals: signals(["rule", 1]),
    ...changed,
  });
const notified = (findings: readonly Finding[]) =>
  stepIncidents(new Map(), findings, [])
    .steps.filter(({ transition: { kind } }) => ["opened", "reopened", "escalated"].includes(kind))
    .map(({ transition: { at, reason, severity } }) => `${(at - T) / MINUTE} ${reason} ${severity}`);

test("each bound of a key is told once, also while another holds: a notice at once, a page an hour after the last, and no notice as a page", () => {
  const hourly = (name: string, from: number, changed: FindingChange = {}) =>
    [from, ...Array.from({ length: 12 }, (_, i) => Math.ceil((from + 1) / 60) * 60 + i * 60)].map((minute) =>
      rule(name, T + minute * MINUTE, changed),
    );
  const both = [...hourly("80 %", 0), ...hourly("100 %", 20)];
  assert.deepEqual(notified(both), ["0 first_finding warning", "20 new_evidence warning"]);
  const atOnce = [rule("80 %", T, {}, ["100 %"]), rule("100 %", T, {}, ["80 %"])];
  assert.deepEqual(notified(atOnce), ["0 first_finding warning"], "one sentence names both");
  const pages = [...hourly("a", 0, { severity: "error" }), ...hourly("b", 20, { severity: "error" })];
  assert.deepEqual(notified(pages), ["0 first_finding error", "60 new_evidence error"]);
  const mixed = [...hourly("a", 0, { severity: "error" }), ...hourly("b", 20)];
  assert.deepEqual(notified(mixed), ["0 first_finding error"]);
});

test("service outside the allowed networks is one page while its count grows, and another when it cost ten times as much", () => {
  const hour = (hours: number, requests: number, usd: number) =>
    finding(requests >= 100 ? "critical" : "error", T + hours * HOUR, {
      cause: "outside_allowed",
      onset: T + (hours - 1) * HOUR,
      score: requests / 10,
      signals: signals(["outside_allowed", requests / 10]),
      statistics: { requests, spend_micros: usd * 1e6 },
    });
  assert.deepEqual(notified([hour(0, 12, 0), hour(1, 60, 0), hour(2, 140, 0), hour(3, 900, 0)]), [
    "0 first_finding error",
  ]);
  const dear = [hour(0, 12, 1.5), hour(1, 60, 6), hour(2, 140, 6), hour(3, 140, 6)];
  assert.deepEqual(notified(dear), ["0 first_finding error", "180 higher_cost critical"]);
});

/** What is triggered for a step, by dedup key; `again` is what the page says of why on-call is told. */
function triggered(step: IncidentTransition, before: Incident | null, found: Finding | null) {
  const registry = new Map<string, never>();
  const about = { registry, baseUrl: null, evidence: NO_EVIDENCE, query: null, routingRef: null };
  const pages = pagesFor({ ...about, transition: step, before, finding: found, sendUpdates: false, isLive: true });
  return pages.flatMap(({ action, dedupKey, body }) => {
    if (action !== "trigger") return [];
    const { payload } = JSON.parse(body) as { payload: { custom_details: Record<string, string> } };
    const again = Object.entries(payload.custom_details).find(([name]) => name.startsWith("why_"));
    return [{ dedupKey, again: again?.[0] ?? "" }];
  });
}

test("whatever people and checks do, a notification has a dedup key that was never used, and says that it was a notice exactly until the first page", () => {
  const word = (eventId: string | null) => ({ actor: "ana", note: "", verdict: null, eventId, url: null });
  const anEvent = record({
    minutes: integer({ min: 1, max: 1500 }),
    severity: constantFrom("warning", "error", "critical" as const),
    what: constantFrom<"found" | "passes" | IncidentAction>(
      "found",
      "passes",
      "acknowledge",
      "resolve",
      "expect",
      "reopen",
    ),
    eventId: constantFrom(null, "PD1"),
  });
  const goesOn = { statistics: { window: 0, novel: { asn_hosting: { requests: [50, 200, 900, 900] } } } };
  check(
    property(array(anEvent, { minLength: 2, maxLength: 12 }), (events) => {
      let [at, state] = [T, null as Incident | null];
      let wasPage = false;
      const used = new Set<string>();
      for (const { minutes, severity, what, eventId } of events) {
        at += minutes * MINUTE;
        const found = what === "found" || what === "reopen" ? finding(severity, at, goesOn) : null;
        const person = () => state && onPerson(state, what as IncidentAction, word(eventId), at);
        const step =
          what === "found" ? onFinding(state, found!) : what === "passes" ? state && onTick(state, at) : person();
        const lastFindingAt = what === "found" ? at : (state?.lastFindingAt ?? 0);
        if (step === null || typeof step === "string") {
          state = state && { ...state, lastFindingAt };
          continue;
        }
        if (step.kind === "opened") wasPage = false;
        for (const { dedupKey, again } of triggered(step, state, found)) {
          assert.ok(!used.has(dedupKey!), `${dedupKey} again, for ${step.kind} ${step.reason}`);
          used.add(dedupKey!);
          const paged = step.severity !== "warning";
          const name: string = paged ? (wasPage ? "why_paged_again" : "why_paged_now") : "why_notified_again";
          assert.equal(again, step.kind === "opened" ? "" : name);
          wasPage ||= paged;
        }
        state = advance(state, step, lastFindingAt);
      }
    }),
    { numRuns: 500 },
  );
});
