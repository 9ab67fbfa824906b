import type { Signal } from "../model/finding/finding.js";
import { WINDOW_NAMES } from "../model/finding/window.js";
import type { Evidence } from "./evidence.js";

/** Signal `headroom`: a level held under the limit, conditional on how often this key does that by itself. */
export function judgeHeadroom({ tick, result, share }: Evidence): Signal | null {
  if (tick.floors === null || share.headroom <= 0) return null;
  const percent = Math.floor(tick.floors[result.window]! * 100);
  return {
    name: "headroom",
    score: share.headroom,
    summary: `never below ${percent} % of its limit in the last ${WINDOW_NAMES[result.window]}`,
  };
}
