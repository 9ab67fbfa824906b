import assert from "node:assert/strict";
import { test } from "node:test";
import { onFinding, onTick } from "../../src/incident/next-transition.js";
import type { Incident, IncidentTransition } from "../../src/model/incident/incident.js";
import { DAY, finding, HOUR, incident, MINUTE, signals, since, T } from "../helpers/incident-parts.js";

test("every kind of event in every state has its one transition, or none", () => {
  const step = (one: IncidentTransition | null) =>
    one && [one.kind, one.reason, one.sequence, one.episode, one.severity];
  const justTold = { told: { at: T - 30 * MINUTE, severity: "error" as const, signals: [], costMicros: 0 } };
  const over = (endedBy: Incident["endedBy"], ago: number) =>
    incident("error", { open: false, endedBy, changedAt: T - ago });
  const active = { statistics: { window: 0, novel: { asn_hosting: { requests: [50, 200, 900, 900] } } } };
  const echo = { statistics: { window: 3, novel: { asn_hosting: { requests: [0, 0, 0, 900] } } } };
  const table: [string, IncidentTransition | null, unknown][] = [
    ["a notice, nothing known", onFinding(null, finding("warning")), ["opened", "first_finding", 1, 1, "warning"]],
    ["a page, nothing known", onFinding(null, finding("critical")), ["opened", "first_finding", 1, 1, "critical"]],
    ["the same again", onFinding(incident("error"), finding("error")), null],
    ["less bad", onFinding(incident("critical"), finding("warning")), null],
    [
      "notice to page, at once",
      onFinding(incident("warning", { told: { ...justTold.told, severity: "warning" } }), finding("error")),
      ["escalated", "worse_severity", 4, 2, "error"],
    ],
    [
      "page to critical",
      onFinding(incident("error"), finding("critical")),
      ["escalated", "worse_severity", 4, 2, "critical"],
    ],
    [
      "page to critical, told just now",
      onFinding(incident("error", justTold), finding("critical")),
      ["updated", "worse_severity", 4, 1, "critical"],
    ],
    [
      "shown as critical, told as less an hour ago",
      onFinding(incident("critical", { told: { ...justTold.told, at: T - HOUR } }), finding("error")),
      ["escalated", "worse_severity", 4, 2, "critical"],
    ],
    [
      "a new kind of evidence",
      onFinding(incident("error"), finding("error", T, { signals: signals(["spend", 5]) })),
      ["escalated", "new_evidence", 4, 2, "error"],
    ],
    [
      "a new kind of evidence without weight",
      onFinding(incident("error"), finding("error", T, { signals: signals(["spend", 2.9]) })),
      null,
    ],
    ["known evidence", onFinding(incident("error"), finding("error", T, { signals: signals(["sources", 9]) })), null],
    [
      "new evidence about a notice",
      onFinding(incident("warning"), finding("warning", T, { signals: signals(["spend", 5]) })),
      null,
    ],
    [
      "past ten dollars",
      onFinding(incident("error"), finding("error", T, { statistics: since(10) })),
      ["escalated", "higher_cost", 4, 2, "error"],
    ],
    ["not past ten dollars", onFinding(incident("error"), finding("error", T, { statistics: since(9.99) })), null],
    [
      "within the same power of ten",
      onFinding(
        incident("error", { told: { ...incident("error").told, costMicros: 11e6 } }),
        finding("error", T, { statistics: since(99) }),
      ),
      null,
    ],
    [
      "past a power of ten, but not ten times what was told",
      onFinding(
        incident("error", { told: { ...incident("error").told, costMicros: 99e6 } }),
        finding("error", T, { statistics: since(120) }),
      ),
      null,
    ],
    [
      "past ten dollars, told just now",
      onFinding(incident("error", justTold), finding("error", T, { statistics: since(50) })),
      null,
    ],
    [
      "an hour after the last step",
      onFinding(incident("error", { changedAt: T - HOUR }), finding("warning")),
      ["updated", "still_going", 4, 1, "error"],
    ],
    [
      "an hour after the last step of a notice",
      onFinding(incident("warning", { changedAt: T - HOUR }), finding("warning")),
      null,
    ],
    [
      "again after an hour's quiet",
      onFinding(incident("error", { quiet: true }), finding("error")),
      ["updated", "found_again", 4, 1, "error"],
    ],
    [
      "a late finding from before the quiet",
      onFinding(incident("error", { quiet: true, changedAt: T }), finding("error", T - MINUTE)),
      null,
    ],
    ["older than the incident", onFinding(incident("warning"), finding("critical", T - DAY - MINUTE)), null],
    [
      "in its first minute",
      onFinding(incident("warning"), finding("error", T - DAY)),
      ["escalated", "worse_severity", 4, 2, "error"],
    ],
    [
      "again days after a clean day",
      onFinding(over("clean_for_a_day", 6 * DAY), finding("error")),
      ["reopened", "found_again", 4, 2, "error"],
    ],
    [
      "again more than a week after",
      onFinding(over("clean_for_a_day", 8 * DAY), finding("error")),
      ["opened", "first_finding", 1, 1, "error"],
    ],
    ["late, from before its end", onFinding(over("clean_for_a_day", -MINUTE), finding("critical")), null],
    [
      "a person resolved it, traffic goes on",
      onFinding(over("by_person", HOUR), finding("error", T, active)),
      ["reopened", "found_again", 4, 2, "error"],
    ],
    ["a person resolved it just now", onFinding(over("by_person", 59 * MINUTE), finding("error", T, active)), null],
    ["a person resolved it, and it ended", onFinding(over("by_person", 5 * HOUR), finding("error", T, echo)), null],
    ["a person expected it, and it ended", onFinding(over("expected", 5 * HOUR), finding("error", T, echo)), null],
    [
      "it was part of another that says it no more",
      onFinding(over("folded", MINUTE), finding("error", T, echo)),
      ["reopened", "found_again", 4, 2, "error"],
    ],
    ["time passes, found a minute ago", onTick(incident("error"), T), null],
    [
      "an hour without a finding",
      onTick(incident("error"), T - MINUTE + HOUR),
      ["quieted", "no_finding_for_an_hour", 4, 1, "error"],
    ],
    ["quiet already", onTick(incident("error", { quiet: true }), T - MINUTE + 2 * HOUR), null],
    ["a minute short of a clean day", onTick(incident("error", { quiet: true }), T - 2 * MINUTE + DAY), null],
    ["a clean day", onTick(incident("error"), T - MINUTE + DAY), ["resolved", "clean_for_a_day", 4, 1, "error"]],
    [
      "Plimsoll's own trouble is over",
      onTick(incident("error", { cause: "coverage" }), T + 4 * MINUTE),
      ["resolved", "healthy_again", 4, 1, "error"],
    ],
    [
      "Plimsoll's own trouble was seen just now",
      onTick(incident("error", { cause: "coverage" }), T + 3 * MINUTE),
      null,
    ],
    ["an older minute is judged late", onTick(incident("error"), T - DAY), null],
    ["time passes over a resolved one", onTick(incident("error", { open: false }), T + 2 * DAY), null],
  ];
  for (const [name, made, wanted] of table) assert.deepEqual(step(made), wanted, name);
});

test("what goes on from somebody nobody expected opens an incident again that had ended as expected, at the next minute", () => {
  const over = incident("error", { open: false, endedBy: "expected", changedAt: T - MINUTE });
  const activity = (going: boolean, last: number | null) => ({
    statistics: {
      activity: {
        of: "unknown" as const,
        is_going_on: going,
        last_at: last === null ? null : new Date(last).toISOString(),
        quiet_minutes: 0,
        per_minute: 9,
      },
    },
  });
  const kinds = [
    activity(true, T - MINUTE),
    activity(true, null),
    activity(false, T - 20 * MINUTE),
    activity(true, T - 5 * MINUTE),
  ].map((more) => onFinding(over, finding("error", T, more))?.kind ?? null);
  assert.deepEqual(kinds, ["reopened", "reopened", null, null]);
});

test("a repeated check makes the same transition under the same name; another minute, key, cause or subject another incident", () => {
  assert.deepEqual(onFinding(null, finding("error")), onFinding(null, finding("error")));
  const ids = [
    finding("error"),
    finding("error", T + MINUTE),
    finding("error", T, { keyId: "k/2" }),
    finding("error", T, { cause: "revoked_use" }),
    finding("error", T, { subject: { kind: "network", network: "k" } }),
  ].map((one) => onFinding(null, one)?.incidentId);
  assert.equal(new Set(ids).size, 5);
});
