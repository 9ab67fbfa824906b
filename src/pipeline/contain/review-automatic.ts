import type { ContainmentBudget } from "../../detect/containment-budget.js";
import type { AutomaticMode } from "../../contain/judge-automatic.js";
import type { IncidentTransition, TransitionReason } from "../../model/incident/incident.js";
import { countedText } from "../../text/amounts.js";
import { DAY_MS } from "../../time/day.js";
import { readKnownIncidents } from "../incident/read-incidents.js";
import type { ContainDeps } from "./contain-deps.js";

/** How far back it is looked. */
const REVIEW_DAYS = 30;

/** Containments of one kind, by what people called the incidents since. */
export interface JudgedContainments {
  readonly count: number;
  readonly leaks: number;
  readonly benign: number;
}

/** What Plimsoll contained by itself in the last 30 days, and what it would have. */
export interface AutomaticReview {
  readonly contained: JudgedContainments;
  readonly wouldHave: JudgedContainments;
}

/** Counts the automatic containments of the 30 days up to an instant (epoch ms), with what people called their incidents. */
export async function reviewAutomatic(store: ContainDeps["store"], now: number): Promise<AutomaticReview> {
  const since = now - REVIEW_DAYS * DAY_MS;
  const lives = (await readKnownIncidents(store, since)).map(({ transitions }) => transitions);
  return {
    contained: judged(lives, "requested_automatically", since),
    wouldHave: judged(lives, "would_contain", since),
  };
}

function judged(
  lives: readonly (readonly IncidentTransition[])[],
  reason: TransitionReason,
  since: number,
): JudgedContainments {
  const verdicts = lives.flatMap((steps) =>
    steps
      .filter((step) => step.reason === reason && step.at >= since)
      .map(({ sequence }) => steps.findLast((one) => one.sequence > sequence && (one.person?.verdict ?? null) !== null))
      .map((step) => step?.person?.verdict ?? null),
  );
  const count = (verdict: "leak" | "benign") => verdicts.filter((one) => one === verdict).length;
  return { count: verdicts.length, leaks: count("leak"), benign: count("benign") };
}

/** The review in sentences, after what is in force. */
export function reviewSentences(
  { contained, wouldHave }: AutomaticReview,
  budget: ContainmentBudget,
  mode: AutomaticMode,
): readonly string[] {
  return [
    inForceText(budget, mode),
    `contained ${judgedText(contained)} in ${REVIEW_DAYS} days`,
    `would have contained ${judgedText(wouldHave)} in ${REVIEW_DAYS} days (dry-run)`,
  ];
}

function inForceText(
  { never, threshold, page, falsePerYear, expectedPerYear }: ContainmentBudget,
  mode: AutomaticMode,
) {
  if (never === "no budget")
    return "automatic containment: never, for PLIMSOLL_FALSE_CONTAINMENTS_PER_YEAR is 0: people contain";
  if (mode === "off") return "automatic containment: off (PLIMSOLL_CONTAIN_AUTOMATICALLY)";
  if (threshold === null)
    return `automatic containment: ${mode}, but nothing is contained until the fleet is on record for some weeks`;
  return (
    `automatic containment: ${mode}, from a score of ${threshold.toFixed(1)} on (a page: ${page.toFixed(1)}), for ${countedText(falsePerYear, "false containment")} ` +
    `a year; ${(expectedPerYear ?? 0).toFixed(2)} expected`
  );
}

function judgedText({ count, leaks, benign }: JudgedContainments): string {
  return `${countedText(count, "time")}, ${leaks} judged leak and ${benign} judged benign,`;
}
