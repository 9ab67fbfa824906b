import assert from "node:assert/strict";
import { test } from "node:test";
import { stepIncidents } from "../../src/incident/step-incidents.js";
import type { Finding } from "../../src/model/finding/finding.js";
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
