import { fuse, type Score } from "../../../src/detect/fusion.js";
import type { WindowSurprises } from "../../../src/detect/window-surprises.js";
import { PARTS as WEIGHTED } from "./kept-ticks.js";

/** The surprises that a score is fused from: those with weights, and refusals, which stand for themselves. */
const PARTS = [...WEIGHTED, "refusals", "refusalsOfUnknown"] as const;

type Part = (typeof PARTS)[number];

/** The detector with some of its evidence only: all else is taken to surprise nobody. */
export interface Variant {
  readonly name: string;
  readonly parts: readonly Part[];
}

const SOURCES: readonly Part[] = ["novelRequests", "novelSpend", "persistence", "foreign"];
const PROGRAMS: readonly Part[] = ["clientRequests", "clientSpend", "clientPersistence"];
const without = (...parts: readonly Part[]) => PARTS.filter((part) => !parts.includes(part));

/** What each kind of evidence finds alone, and what is found without it. */
export const VARIANTS: readonly Variant[] = [
  { name: "rate only", parts: ["rate"] },
  { name: "rate, headroom", parts: ["rate", "floor"] },
  { name: "sources only", parts: SOURCES },
  { name: "programs only", parts: PROGRAMS },
  { name: "refusals only", parts: ["refusals", "refusalsOfUnknown"] },
  { name: "all but sources", parts: without(...SOURCES) },
  { name: "all but rate", parts: without("rate") },
  { name: "all but spend", parts: without("spend", "novelSpend", "clientSpend") },
  { name: "all but headroom", parts: without("floor") },
  { name: "all but routes", parts: without("novelRoute") },
  { name: "all but programs", parts: without(...PROGRAMS) },
  { name: "all but refusals", parts: without("refusals", "refusalsOfUnknown") },
];

/** The score that variant number `index` gives to a tick, from the surprises that the full score was made of. */
export function variantScore(index: number, { surprises, ...judged }: Score): number {
  const { parts } = VARIANTS[index]!;
  const left = (s: WindowSurprises): WindowSurprises => {
    const masked = { ...s };
    for (const part of PARTS) if (!parts.includes(part)) masked[part] = 0;
    return masked;
  };
  return fuse(surprises.map(left), judged).value;
}
