import { KNOWN_NETWORK, KNOWN_NETWORK_OFFSET, NEWCOMER, WINDOW_BIAS, type Score } from "../../../src/detect/fusion.js";

/** Surprises in the order of the fusion's weights. */
const PARTS = ["novelRequests", "novelSpend", "novelRoute", "rate", "spend", "floor", "persistence"] as const;

type Part = (typeof PARTS)[number];

/** The detector with some of its evidence only: the fusion's weights for these, 0 for the others. */
export interface Variant {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** What each kind of evidence adds. */
export const VARIANTS: readonly Variant[] = [
  { name: "rate only", parts: ["rate"] },
  { name: "rate, headroom", parts: ["rate", "floor"] },
  { name: "sources by count", parts: ["novelRequests"] },
  { name: "+ spend per source", parts: ["novelRequests", "novelSpend"] },
  { name: "+ persistence", parts: ["novelRequests", "novelSpend", "persistence"] },
  { name: "+ route", parts: ["novelRequests", "novelSpend", "persistence", "novelRoute"] },
];

const masked = VARIANTS.map(({ parts }) => {
  const only = (weights: readonly number[]) => PARTS.map((part, i) => (parts.includes(part) ? weights[i]! : 0));
  return { newcomer: only(NEWCOMER), known: only(KNOWN_NETWORK) };
});

/** The score that variant number `index` gives to a tick, from the surprises that the full score was made of. */
export function variantScore(index: number, { surprises }: Score): number {
  const { newcomer, known } = masked[index]!;
  let best = -Infinity;
  for (let w = 0; w < surprises.length; w += 1) {
    const s = surprises[w]!;
    let [asNewcomer, asKnown] = [0, KNOWN_NETWORK_OFFSET];
    for (let i = 0; i < PARTS.length; i += 1) {
      asNewcomer += newcomer[i]! * s[PARTS[i]!];
      asKnown += known[i]! * s[PARTS[i]!];
    }
    best = Math.max(best, asNewcomer - WINDOW_BIAS[w]!, asKnown - WINDOW_BIAS[w]!);
  }
  return best;
}
