import { NO_REFUSALS, type Refusals } from "../model/finding/refusals.js";
import { perWindow, type PerWindow } from "../model/finding/window.js";
import { prefixSums } from "./slide-windows.js";

/** Requests that were refused on one route in the steps of a series: `at[i]` is the step of `requests[i]`, ascending. */
export interface RefusedRoute {
  readonly route: string;
  /** Whether to sources in networks from which the key had never been served; a route has one row of either. */
  readonly isOfUnknown: boolean;
  readonly at: readonly number[];
  readonly requests: readonly number[];
}

/**
 * What was refused in the windows before a step (exclusive) of a series.
 * @param steps how many steps the series has, and how many are in each window
 */
export function slideRefusals(
  routes: readonly RefusedRoute[],
  steps: { readonly count: number; readonly inWindow: PerWindow },
): (end: number) => Refusals {
  if (routes.length === 0) return () => NO_REFUSALS;
  const requests = new Float64Array(steps.count);
  for (const { at, requests: own } of routes) for (const [i, step] of at.entries()) requests[step]! += own[i]!;
  const sums = prefixSums(requests);
  return (end) => {
    const since = perWindow((w) => Math.max(0, end - steps.inWindow[w]!));
    const refused = perWindow((w) => sums[end]! - sums[since[w]!]!);
    if (refused[3] === 0) return NO_REFUSALS;
    const latest = routes.map(({ at }) => at.findLast((step) => step < end) ?? -1);
    const count = (w: number, isCounted: (route: RefusedRoute) => boolean) =>
      new Set(routes.filter((one, r) => latest[r]! >= since[w]! && isCounted(one)).map(({ route }) => route)).size;
    return {
      requests: refused,
      routes: perWindow((w) => count(w, () => true)),
      routesOfUnknown: perWindow((w) => count(w, ({ isOfUnknown }) => isOfUnknown)),
    };
  };
}
