import { perWindow, type PerWindow } from "./window.js";

/**
 * In which way traffic can be new to a key. A request counts at every level that it satisfies. Levels 0 to 2 and 6, 7 need
 * what is not fed yet (network types, allowed networks, routes) and stay at zero until then.
 */
export const NOVELTY_LEVELS = [
  "asn_hosting",
  "asn_isp",
  "asn_cloud",
  "net16",
  "net24",
  "ip",
  "outside_allowed",
  "route",
] as const;

export type NoveltyLevel = (typeof NOVELTY_LEVELS)[number];

/** The level whose absence means "a network that the key has used": the widest one that is known. */
export const WIDEST_NETWORK_LEVEL = NOVELTY_LEVELS.indexOf("net16");

/** Novel traffic of one key before one tick: per level and window. */
export interface NovelTraffic {
  readonly requests: readonly PerWindow[];
  readonly spendMicros: readonly PerWindow[];
  /** Slots of five minutes, counted back from the tick, with at least one such request. */
  readonly slots: readonly PerWindow[];
}

const nothing = NOVELTY_LEVELS.map((): PerWindow => perWindow(() => 0));

/** No novel traffic at any level. */
export const NO_NOVEL_TRAFFIC: NovelTraffic = { requests: nothing, spendMicros: nothing, slots: nothing };
