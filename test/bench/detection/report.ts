import { attackTitles } from "../../../src/local/simulator/attacks.js";
import type { Estimate } from "./intervals.js";
import { DELAYS } from "./protocol.js";
import type { Recall, Summary } from "./summary.js";
import { DELAY_NAMES, type Verdict } from "./targets.js";

/** A detector with what it does under one threshold. */
export interface Shown {
  readonly name: string;
  readonly summary: Summary;
}

const DELAY_HEADS = DELAYS.map((minutes) => DELAY_NAMES[minutes]);

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** 41 (38-44): percent with its interval. */
function percent({ value, low, high }: Estimate): string {
  const whole = (share: number) => Math.round(100 * share);
  return `${whole(value)} (${whole(low)}-${whole(high)})`;
}

/** 1.25 (0.98-1.51). */
function rate({ value, low, high }: Estimate): string {
  const short = (x: number) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2));
  return `${short(value)} (${short(low)}-${short(high)})`;
}

/** Minutes as people say them. */
function duration(minutes: number): string {
  if (!Number.isFinite(minutes)) return "never";
  return minutes < 120 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** Detectors side by side, each with its realised rate of false pages. */
export function compareTable(shown: readonly Shown[]): string {
  return table(
    ["detector", "threshold", "false pages per 1,000 key-days", ...DELAY_HEADS, "median delay", "spend lost before"],
    shown.map(({ name, summary }) => [
      name,
      summary.threshold.toPrecision(4),
      rate(summary.falsePer1000),
      ...summary.all.within.map(percent),
      duration(summary.medianDelay),
      percent(summary.lost),
    ]),
  );
}

/** Recall of each kind of attack in one tier. */
export function kindTable({ kinds }: Summary): string {
  return recallTable(
    "kind",
    [...kinds].map(([kind, recall]) => ({ name: `${kind} ${attackTitles[kind]}`, recall })),
  );
}

/** Recall by what attacks have in common. */
export function groupTable(what: string, groups: ReadonlyMap<string, Recall>): string {
  return recallTable(
    what,
    [...groups].map(([name, recall]) => ({ name, recall })),
  );
}

function recallTable(what: string, groups: readonly { readonly name: string; readonly recall: Recall }[]): string {
  const rows = groups.map(({ name, recall }) => [name, String(recall.attacks)].concat(recall.within.map(percent)));
  return table([what, "attacks", ...DELAY_HEADS], rows);
}

/** Targets, met and short. */
export function targetTable(verdicts: readonly Verdict[]): string {
  return table(
    ["tier", "figure", "target", "measured", "verdict"],
    verdicts.map(({ tier, figure, wanted, estimate, isMet }) => {
      const isRate = figure.startsWith("false");
      const target = isRate
        ? `<= ${wanted}`
        : `${figure.startsWith("attack") ? "<=" : ">="} ${Math.round(100 * wanted)}`;
      return [tier, figure, target, isRate ? rate(estimate) : percent(estimate), isMet ? "met" : "**short**"];
    }),
  );
}

/** A summary as JSON takes it. */
export function summaryJson({ kinds, origins, firstDays, medianDelay, ...rest }: Summary): object {
  return {
    ...rest,
    medianDelayMinutes: Number.isFinite(medianDelay) ? medianDelay : null,
    kinds: Object.fromEntries(kinds),
    origins: Object.fromEntries(origins),
    firstDays: Object.fromEntries(firstDays),
  };
}
