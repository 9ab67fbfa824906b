import type { WireEvent } from "../wire-event.js";

/** An API has fewer routes; what a key uses beyond them are names that could not be recognised as such, like `/users/ann`. */
export const MOST_ROUTES_OF_KEY = 500;
/** So many more by their first part, so that a flood of names does not hide which part of the API it was in. */
const MOST_PARTS_OF_KEY = 100;
const REST = "{other}";

/**
 * The events, in their order, with at most so many distinct routes for each key: those after them are counted under their first part, and beyond
 * many of these under one name. The same events have the same routes, whatever files they came from in whatever sequence.
 */
export function capRoutes(
  events: readonly WireEvent[],
  most: number = MOST_ROUTES_OF_KEY,
): { readonly events: readonly WireEvent[]; readonly capped: number } {
  const routesOf = new Map<string, Set<string>>();
  let capped = 0;
  const result = events.map((event) => {
    if (event.route === undefined) return event;
    const key = event.key_id ?? event.key ?? "";
    const routes = routesOf.get(key) ?? new Set<string>();
    routesOf.set(key, routes);
    if (routes.has(event.route)) return event;
    if (routes.size < most) {
      routes.add(event.route);
      return event;
    }
    capped += 1;
    const end = event.route.indexOf("/", 1);
    const coarse = end < 0 ? REST : `${event.route.slice(0, end)}/${REST}`;
    if (!routes.has(coarse) && routes.size >= most + MOST_PARTS_OF_KEY) return { ...event, route: REST };
    routes.add(coarse);
    return { ...event, route: coarse };
  });
  return { events: result, capped };
}
