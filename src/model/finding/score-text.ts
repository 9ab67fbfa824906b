import type { ScoreThresholds } from "./leak-statistics.js";

/** A score with what it is measured by, as that was when it was judged; null where that was not kept. */
export function scoreText(score: number, thresholds: ScoreThresholds | null): string {
  const said = `score ${score.toFixed(1)}`;
  if (thresholds === null) return said;
  const { notice, page } = thresholds;
  return `${said}, a notice from ${notice.toFixed(1)}, ${page === null ? "never a page" : `a page from ${page.toFixed(1)}`}`;
}
