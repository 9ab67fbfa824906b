import { FOREIGN_LEVELS, NOVELTY_LEVELS } from "../model/finding/novelty.js";
import {
  countBin,
  LEVELLED_GROUPS,
  STATISTIC_GROUPS,
  statisticIndex,
  type StatisticGroup,
} from "../model/finding/statistics.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";
import type { SurpriseOf } from "./surprise.js";

/** Whoever is refused on fewer routes has mistaken one for another, or was not let in yet: of that the simulator knows too little. */
const EXPLORES_FROM_ROUTES = 7;

const ROUTE_LEVEL = NOVELTY_LEVELS.indexOf("route");
const CLIENT_LEVEL = NOVELTY_LEVELS.indexOf("client");

/** Surprises of one window, in decades of key-days, in the order of the weights. */
export interface WindowSurprises {
  readonly novelRequests: number;
  readonly novelSpend: number;
  readonly novelRoute: number;
  readonly rate: number;
  readonly spend: number;
  readonly floor: number;
  readonly persistence: number;
  /** The louder of requests and spend of autonomous systems and /16s (IPv6: /32) alone. */
  readonly foreign: number;
  /** The same of programs that never used the key. */
  readonly clientRequests: number;
  readonly clientSpend: number;
  readonly clientPersistence: number;
  /** Refused requests on routes that never served the key, and the number of these: the less surprising of both. */
  readonly refusals: number;
  /** The number of such routes that were refused to unknown sources. */
  readonly refusalsOfUnknown: number;
  /** Level of novelty that spoke loudest, or null. */
  readonly level: number | null;
}

/** A window in which nothing surprises. */
export const NO_SURPRISES: WindowSurprises = {
  novelRequests: 0,
  novelSpend: 0,
  novelRoute: 0,
  rate: 0,
  spend: 0,
  floor: 0,
  persistence: 0,
  foreign: 0,
  clientRequests: 0,
  clientSpend: 0,
  clientPersistence: 0,
  refusals: 0,
  refusalsOfUnknown: 0,
  level: null,
};

type Indexes = Readonly<Record<StatisticGroup, readonly number[]>>;

/** Where statistics stand, by window, group and level: looked up for every key at every tick. */
const INDEXES = WINDOW_MINUTES.map((_, w) => {
  const levelsOf = (group: StatisticGroup) => (LEVELLED_GROUPS.has(group) ? [...NOVELTY_LEVELS.keys()] : [0]);
  const of = (group: StatisticGroup) => levelsOf(group).map((level) => statisticIndex(group, w, level));
  return Object.fromEntries(STATISTIC_GROUPS.map((group) => [group, of(group)])) as unknown as Indexes;
});
const EXPLORES_FROM_BIN = countBin(EXPLORES_FROM_ROUTES);

/** How surprising what a key did in a window is, of each kind. */
export function windowSurprises(bins: ArrayLike<number>, surpriseOf: SurpriseOf, w: number): WindowSurprises {
  const indexes = INDEXES[w]!;
  const of = (group: StatisticGroup, level = 0) => {
    const index = indexes[group][level]!;
    const bin = bins[index]!;
    return bin === 0 ? 0 : surpriseOf(index, bin);
  };
  const explores = (group: "b" | "e") => bins[indexes[group][0]!]! >= EXPLORES_FROM_BIN;
  let [novelRequests, novelSpend, persistence, foreign, level] = [0, 0, 0, 0, null as number | null];
  for (let g = 0; g < ROUTE_LEVEL; g += 1) {
    const n = of("n", g);
    if (n > novelRequests) [novelRequests, level] = [n, g];
    const c = of("c", g);
    novelSpend = Math.max(novelSpend, c);
    if (FOREIGN_LEVELS.has(g)) foreign = Math.max(foreign, n, c);
    persistence = Math.max(persistence, of("p", g));
  }
  const novelRoute = Math.max(of("n", ROUTE_LEVEL), of("c", ROUTE_LEVEL));
  return {
    novelRequests,
    novelSpend,
    novelRoute,
    rate: of("z"),
    spend: of("s"),
    floor: of("l"),
    persistence,
    foreign,
    clientRequests: of("n", CLIENT_LEVEL),
    clientSpend: of("c", CLIENT_LEVEL),
    clientPersistence: of("p", CLIENT_LEVEL),
    refusals: explores("b") ? Math.min(of("d"), of("b")) : 0,
    refusalsOfUnknown: explores("e") ? of("e") : 0,
    level,
  };
}
