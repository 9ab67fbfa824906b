import type { FirstDays } from "../key/founding.js";
import { perWindow, type PerWindow } from "./window.js";

/** In which way traffic can be new to a key. A request counts at every level that it satisfies (docs/detection.md, 2). */
export const NOVELTY_LEVELS = [
  "asn_hosting",
  "asn_isp",
  "asn_cloud",
  "net16",
  "net24",
  "ip",
  "outside_allowed",
  "route",
  "client",
] as const;

export type NoveltyLevel = (typeof NOVELTY_LEVELS)[number];

/** What a row of novel traffic speaks of: a level, or a novel /16 whose autonomous system is not known. */
export type NoveltyRowLevel = NoveltyLevel | "unplaced";

/** The levels of novel autonomous systems: no request is in two of them. */
export const SYSTEM_LEVELS = ["asn_hosting", "asn_isp", "asn_cloud"].map((level) =>
  NOVELTY_LEVELS.indexOf(level as NoveltyLevel),
);

/** Levels of a network that is another one, and not another address in one that is known. */
export const FOREIGN_LEVELS: ReadonlySet<number> = new Set([...SYSTEM_LEVELS, NOVELTY_LEVELS.indexOf("net16")]);

/** Novel traffic of one key before one tick: per level and window. */
export interface NovelTraffic {
  readonly requests: readonly PerWindow[];
  readonly spendMicros: readonly PerWindow[];
  /** Slots of five minutes, counted back from the tick, with at least one such request. */
  readonly slots: readonly PerWindow[];
  /** Requests from a novel /16 whose autonomous system is not known: with the levels of systems, all from foreign networks. */
  readonly unplacedRequests: PerWindow;
  /** Set while the tick lies in the first 48 hours of a key that is compared with others: then it is judged as new keys are. */
  readonly firstDays: FirstDays | null;
}

const nothing = NOVELTY_LEVELS.map((): PerWindow => perWindow(() => 0));

/** No novel traffic at any level. */
export const NO_NOVEL_TRAFFIC: NovelTraffic = {
  requests: nothing,
  spendMicros: nothing,
  slots: nothing,
  unplacedRequests: perWindow(() => 0),
  firstDays: null,
};

/** The first days of a key as far as a tick (epoch ms) lies in them. */
export function firstDaysAt(firstDays: FirstDays | null, tick: number): FirstDays | null {
  return firstDays !== null && tick <= firstDays.until ? firstDays : null;
}
