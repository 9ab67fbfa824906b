import type { Severity } from "../../src/model/incident/page.js";
import { DAY, HOUR, incident, T } from "./incident-parts.js";
import { newcomers } from "./leak-pages.js";
import { pageOn, type PageCase } from "./page-parts.js";

const notified = (severity: Severity) =>
  incident(severity, {
    openedAt: T - DAY,
    told: { at: T - 2 * HOUR, severity, signals: ["sources"], costMicros: 400_000 },
    endedBy: "clean_for_a_day",
  });
const again = (
  name: string,
  step: Parameters<typeof pageOn>[1] & object,
  severity: Severity = "error",
  before: Severity = "error",
): PageCase => ({
  name: `leak-again-${name}`,
  page: pageOn(newcomers(severity), { before: notified(before), ...step }),
});
const ANA = { actor: "ana", note: "not ours after all", verdict: null, eventId: null, url: null };
const told = { at: T, severity: "error" as const, signals: ["sources", "spend"] as const, costMicros: 5_000_000 };

/** Pages about a leak that on-call knows: why they are told. */
export const AGAIN_PAGES: readonly PageCase[] = [
  again("worse", { step: { kind: "escalated", reason: "worse_severity", sequence: 4, episode: 2, told } }, "critical"),
  again(
    "no-notice-any-more",
    { step: { kind: "escalated", reason: "worse_severity", sequence: 4, episode: 2, told } },
    "error",
    "warning",
  ),
  again(
    "found-again-as-notice",
    { step: { kind: "reopened", reason: "found_again", sequence: 4, episode: 2, told } },
    "warning",
    "warning",
  ),
  again("new-signals", { step: { kind: "escalated", reason: "new_evidence", sequence: 4, episode: 2, told } }),
  again("higher-cost", { step: { kind: "escalated", reason: "higher_cost", sequence: 4, episode: 2, told } }),
  again("found-again", { step: { kind: "reopened", reason: "found_again", sequence: 4, episode: 2, told } }),
  again("by-person", { step: { kind: "reopened", reason: "by_person", sequence: 4, episode: 2, told, person: ANA } }),
];
