import { timeOf } from "../layout.js";
import type { Piece } from "../markup.js";

/** As pages write an instant. */
const INSTANT = /\b(\d{4}-\d\d-\d\d \d\d:\d\d) UTC\b/g;

/** A text in which every instant can be shown in the reader's zone; what stands between goes through `between`. */
export function withTimes(text: string, between: (text: string) => Piece): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(INSTANT)) {
    const at = Date.parse(`${match[1]!.replace(" ", "T")}Z`);
    if (Number.isNaN(at)) continue;
    pieces.push(between(text.slice(from, match.index)), timeOf(at, " UTC"));
    from = match.index + match[0].length;
  }
  return [...pieces, between(text.slice(from))];
}
