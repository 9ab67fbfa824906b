import type { RefusedRoute } from "../../../src/baseline/slide-refusals.js";
import { SLOTS_PER_DAY } from "../../../src/model/finding/window.js";

/** What was refused on a day, by route. */
export type Refused = ReadonlyMap<string, RefusedRoute>;

/** Of two days one series a route. */
export function joinRefusals(before: Refused, today: Refused): RefusedRoute[] {
  return [...new Map([...before, ...today])].map(([name, { route, isOfUnknown }]) => {
    const [first, second] = [before.get(name), today.get(name)];
    return {
      route,
      isOfUnknown,
      at: [...(first?.at ?? []), ...(second?.at.map((slot) => SLOTS_PER_DAY + slot) ?? [])],
      requests: [...(first?.requests ?? []), ...(second?.requests ?? [])],
    };
  });
}
