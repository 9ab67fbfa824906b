import type { WireEvent } from "../wire-event.js";

/** An API has fewer routes; what a key uses beyond them are names that could not be recognised as such, like `/users/ann`. */
export const MOST_ROUTES_OF_KEY = 500;
/** So many more by their first part, so that a flood of names does not hide which part of the API it was in. */
const MOST_PARTS_OF_KEY = 100;
const REST = "{other}";

/**
 * Leaves each key so many distinct routes: those after them are counted under their first part, and beyond many of these under one name. The same
 * events in the same order have the same routes.
 */
export class RouteCap {
  readonly #most: number;
  readonly #routesOf = new Map<string, Set<string>>();
  /** Events whose route was one too many of its key. */
  capped = 0;

  constructor(most: number = MOST_ROUTES_OF_KEY) {
    this.#most = most;
  }

  /** The event under a route that its key has left. */
  apply(event: WireEvent): WireEvent {
    const { route } = event;
    if (route === undefined) return event;
    const key = event.principal ?? event.parent_key_id ?? event.key_id ?? event.key ?? "";
    let routes = this.#routesOf.get(key);
    if (routes === undefined) this.#routesOf.set(key, (routes = new Set()));
    if (routes.has(route)) return event;
    if (routes.size < this.#most) {
      routes.add(route);
      return event;
    }
    this.capped += 1;
    const end = route.indexOf("/", 1);
    const coarse = end < 0 ? REST : `${route.slice(0, end)}/${REST}`;
    if (!routes.has(coarse) && routes.size >= this.#most + MOST_PARTS_OF_KEY) return { ...event, route: REST };
    routes.add(coarse);
    return { ...event, route: coarse };
  }
}
