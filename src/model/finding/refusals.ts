import { perWindow, type PerWindow } from "./window.js";

/**
 * What a key was refused (401, 403) before one tick, on routes that had never served it: who finds out what a key may do asks for many of these.
 * Its own routes are left out: all of them are refused to callers of a key that was revoked.
 */
export interface Refusals {
  readonly requests: PerWindow;
  /** How many different routes. */
  readonly routes: PerWindow;
  /** How many of these to unknown sources, in a /16 (IPv6: /32) from which the key had never been served. */
  readonly routesOfUnknown: PerWindow;
}

const none = perWindow(() => 0);

/** No refusals at all. */
export const NO_REFUSALS: Refusals = { requests: none, routes: none, routesOfUnknown: none };
