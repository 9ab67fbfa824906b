import type { AttackKind } from "../../../src/local/simulator/attacks.js";
import type { Estimate } from "./intervals.js";
import { DELAYS } from "./protocol.js";
import type { Summary } from "./summary.js";

/** The tiers and their budgets, false pages per 1,000 key-days. */
export const TIERS = [
  { name: "strict", budget: 0.1 },
  { name: "page", budget: 1 },
  { name: "notice", budget: 10 },
] as const;

export type Tier = (typeof TIERS)[number]["name"];

/** One figure to reach; `at least` for recall, `at most` for false pages and lost spend. */
export interface Verdict {
  readonly tier: Tier;
  readonly figure: string;
  readonly wanted: number;
  readonly estimate: Estimate;
  /** Met when the 90 % interval reaches the target. */
  readonly isMet: boolean;
}

type Minutes = (typeof DELAYS)[number];

/** detection.md section 8, in percent, tier by tier: strict, page, notice. */
const MOST_FALSE = [0.45, 1.5, 10];
const MOST_LOST = [12, 6, 4];
const LEAST_RECALL: readonly (readonly [AttackKind | "all", Minutes, readonly [number, number, number]])[] = [
  ["all", 15, [19, 30, 45]],
  ["all", 60, [29, 42, 58]],
  ["all", 360, [45, 56, 74]],
  ["all", 1440, [54, 68, 84]],
  ["A", 15, [50, 85, 90]],
  ["A", 60, [85, 90, 95]],
  ["I", 15, [80, 88, 90]],
  ["I", 60, [90, 97, 95]],
  ["H", 15, [20, 70, 83]],
  ["H", 1440, [52, 85, 90]],
  ["G", 60, [55, 50, 78]],
  ["G", 360, [85, 88, 95]],
  ["F", 60, [14, 30, 65]],
  ["F", 1440, [40, 65, 84]],
  ["D", 1440, [50, 70, 86]],
  ["C", 1440, [24, 58, 84]],
  ["E", 1440, [33, 45, 65]],
  ["B", 1440, [28, 42, 70]],
  ["J", 1440, [8, 25, 52]],
];

/** Holds a tier's summary against its targets; kinds that were not attacked are left out. */
export function judgeTargets(tier: Tier, summary: Summary): Verdict[] {
  const t = TIERS.findIndex(({ name }) => name === tier);
  const atMost = (figure: string, wanted: number, estimate: Estimate): Verdict => {
    return { tier, figure, wanted, estimate, isMet: estimate.low <= wanted };
  };
  const recall = LEAST_RECALL.flatMap(([kind, minutes, wantedOf]): Verdict[] => {
    const found = kind === "all" ? summary.all : summary.kinds.get(kind);
    const estimate = found?.within[DELAYS.indexOf(minutes)];
    if (estimate === undefined) return [];
    const wanted = wantedOf[t]! / 100;
    return [
      { tier, figure: `${kind} within ${DELAY_NAMES[minutes]}`, wanted, estimate, isMet: estimate.high >= wanted },
    ];
  });
  return [
    atMost("false pages per 1,000 key-days", MOST_FALSE[t]!, summary.falsePer1000),
    ...recall,
    atMost("attack spend before the alert", MOST_LOST[t]! / 100, summary.lost),
  ];
}

/** The delays as people write them. */
export const DELAY_NAMES: Readonly<Record<Minutes, string>> = { 15: "15 min", 60: "1 h", 360: "6 h", 1440: "24 h" };
