import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import { MINUTE_MS } from "../../../time/day.js";
import { QUARTER_MS, type QuarterUsage } from "./quarter-usage.js";

/** Quarters between the one in which a window begins and the one in which it ends. */
const BETWEEN = WINDOW_MINUTES.map((minutes) => (minutes * MINUTE_MS) / QUARTER_MS - 1);
/** As many as there are between in the longest window. */
export const SUMS_JOINED = Math.max(...BETWEEN);

/** Adds up the sums of SUMS_JOINED quarters, the last first, as far as each window reaches. */
export function joinSums(sums: readonly QuarterUsage[]): readonly QuarterUsage[] {
  const room = Math.max(0, ...sums.map(({ requests }) => requests.length));
  const sum = { requests: new Float64Array(room), spendMicros: new Float64Array(room) };
  const joined: QuarterUsage[] = [];
  for (let ago = 0; ago <= sums.length; ago += 1) {
    if (ago > 0) addUsage(sum, sums[sums.length - ago]!);
    while (ago === BETWEEN[joined.length]) {
      joined.push({ requests: sum.requests.slice(), spendMicros: sum.spendMicros.slice() });
    }
  }
  return joined;
}

function addUsage(to: { readonly requests: Float64Array; readonly spendMicros: Float64Array }, of: QuarterUsage): void {
  const { requests, spendMicros } = of;
  for (let i = 0; i < requests.length; i += 1) {
    to.requests[i]! += requests[i]!;
    to.spendMicros[i]! += spendMicros[i]!;
  }
}
