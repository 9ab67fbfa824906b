import { NO_REFUSALS } from "../model/finding/refusals.js";
import type { FirstDays } from "../model/key/founding.js";
import type { Expectation } from "../model/finding/baseline.js";
import { NO_NOVEL_TRAFFIC, NOVELTY_LEVELS, type NoveltyLevel } from "../model/finding/novelty.js";
import { round6 } from "../model/round.js";
import { perWindow, WINDOW_MINUTES } from "../model/finding/window.js";
import { score } from "./fusion.js";
import { requestsText } from "../text/amounts.js";
import { measure, type KeyTick } from "./measure.js";
import { surpriseUnder, type BinHistory } from "./surprise.js";

/** How long an attacker is at work when the card asks whether they would be found, in minutes. */
const CARD_MINUTES = [15, 60, 1440] as const;

/** Through what an attacker comes, and at which levels that is new to the key: a host of a company that it never used, a program on one that it did, or neither. */
const NEW_LEVELS: Readonly<Record<Way, ReadonlySet<NoveltyLevel>>> = {
  throughForeignNetwork: new Set(["asn_hosting", "net16", "net24", "ip"]),
  throughUnknownProgram: new Set(["client"]),
  throughKnownNetwork: new Set(),
};
/** Whoever explores more than so many routes in a quarter of an hour is no harder to find than this. */
const MOST_ROUTES = 500;
/** Beyond this rate a search ends: a thousand times what a busy key does. */
const MOST_PER_MINUTE = 1e6;
/** The search halves until it is this exact. */
const PRECISION = 0.02;

/** What the card needs to know of a key. */
export interface KnownKey {
  /** What is expected in the windows that end at the moment that is asked about; null for a key without a baseline. */
  readonly expectation: Expectation | null;
  readonly churn: readonly number[];
  /** Micro-dollars per request; 0 when unknown. */
  readonly spendPerRequest: number;
  readonly ageDays: number;
  readonly limitPerMinute: number | null;
  readonly history: BinHistory;
  /** How much of its score is held back (short-past.ts). */
  readonly heldBack: number;
  /** How the key is judged while its first 48 hours last; null: as any other. */
  readonly firstDays: FirstDays | null;
}

/** The smallest steady theft that is found in time; null: none up to the limit is. */
export interface Detectable {
  readonly requestsPerMinute: number;
  /** At the key's usual cost per request; null when that is not known. */
  readonly usdPerDay: number | null;
}

/** What would be found through one way in, within 15 minutes, an hour and a day. */
export type Within = Readonly<Record<"15m" | "1h" | "24h", Detectable | null>>;

/** Ways in, the easiest to see first. */
export type Way = "throughForeignNetwork" | "throughUnknownProgram" | "throughKnownNetwork";

/** On how many routes that never served the key somebody has to be refused within 15 minutes; null: that is not found. */
export interface Exploring {
  readonly fromUnknownNetwork: number | null;
  readonly fromKnownNetwork: number | null;
}

/** The detectability card of a key: what we would see, and with it what we would not. */
export interface DetectabilityCard extends Readonly<Record<Way, Within>> {
  readonly exploring: Exploring;
}

/** The smallest extra traffic, at the usual cost per request, that reaches a score (the page threshold), by way in and time. */
export function detectabilityCard(key: KnownKey, threshold: number): DetectabilityCard {
  const within = (way: Way): Within => ({
    "15m": smallest(key, threshold, way, CARD_MINUTES[0]),
    "1h": smallest(key, threshold, way, CARD_MINUTES[1]),
    "24h": smallest(key, threshold, way, CARD_MINUTES[2]),
  });
  return {
    throughForeignNetwork: within("throughForeignNetwork"),
    throughUnknownProgram: within("throughUnknownProgram"),
    throughKnownNetwork: within("throughKnownNetwork"),
    exploring: {
      fromUnknownNetwork: fewestRoutes(key, threshold, true),
      fromKnownNetwork: fewestRoutes(key, threshold, false),
    },
  };
}

/** How many routes somebody has to try, each once, within 15 minutes, all refused; null where no number of them is found. */
function fewestRoutes(key: KnownKey, threshold: number, isUnknown: boolean): number | null {
  const surpriseOf = surpriseUnder(key.history, null);
  const isFound = (routes: number) =>
    score(measure(exploring(key, routes, isUnknown)).bins, surpriseOf).value >= threshold;
  if (!isFound(MOST_ROUTES)) return null;
  let [missed, found] = [0, MOST_ROUTES];
  while (found - missed > 1) {
    const middle = Math.floor((missed + found) / 2);
    if (isFound(middle)) found = middle;
    else missed = middle;
  }
  return found;
}

function exploring(key: KnownKey, routes: number, isUnknown: boolean): KeyTick {
  const asked = perWindow(() => routes);
  return {
    ...stolen(key, 0, "throughKnownNetwork", CARD_MINUTES[0]),
    refusals: { requests: asked, routes: asked, routesOfUnknown: isUnknown ? asked : perWindow(() => 0) },
  };
}

function smallest(key: KnownKey, threshold: number, way: Way, minutes: number): Detectable | null {
  const firstDays = way === "throughForeignNetwork" ? key.firstDays : null;
  const surpriseOf = surpriseUnder(key.history, firstDays);
  const judged = { isPlaced: true, firstDays: firstDays?.kind ?? null, heldBack: key.heldBack };
  const isFound = (rate: number) =>
    score(measure(stolen(key, rate, way, minutes)).bins, surpriseOf, judged).value >= threshold;
  const usual = usualPerMinute(key);
  const most = key.limitPerMinute === null ? MOST_PER_MINUTE : Math.max(0, key.limitPerMinute - usual);
  if (!isFound(most)) return null;
  let [missed, found] = [0, most];
  while (found - missed > PRECISION * found) {
    const middle = missed === 0 ? found / 2 : Math.sqrt(missed * found);
    if (isFound(middle)) found = middle;
    else missed = middle;
    if (found < 1e-3) break;
  }
  const usd = key.spendPerRequest > 0 ? round6((found * 1440 * key.spendPerRequest) / 1e6) : null;
  return { requestsPerMinute: Math.ceil(found * 100) / 100, usdPerDay: usd };
}

function usualPerMinute({ expectation }: KnownKey): number {
  return (expectation?.requests[3] ?? 0) / 1440;
}

/** The key at a moment when it does what is expected, and an attacker has added so much a minute for so long. */
function stolen(key: KnownKey, rate: number, way: Way, minutes: number): KeyTick {
  const lasting = perWindow((w) => Math.min(minutes, WINDOW_MINUTES[w]!));
  const extra = perWindow((w) => rate * lasting[w]!);
  const usual = key.expectation?.requests ?? perWindow(() => 0);
  const isNew = (level: NoveltyLevel) => NEW_LEVELS[way].has(level);
  const foreign = (value: (w: number) => number) =>
    NOVELTY_LEVELS.map((level) => perWindow((w) => (isNew(level) ? value(w) : 0)));
  const before = usualPerMinute(key);
  const perMinute = before + rate;
  const limit = key.limitPerMinute;
  return {
    requests: perWindow((w) => usual[w]! + extra[w]!),
    spendMicros: perWindow((w) => (usual[w]! + extra[w]!) * key.spendPerRequest),
    novel:
      NEW_LEVELS[way].size > 0
        ? {
            requests: foreign((w) => extra[w]!),
            spendMicros: foreign((w) => extra[w]! * key.spendPerRequest),
            slots: foreign((w) => Math.min(lasting[w]! / 5, Math.ceil(extra[w]!))),
            unplacedRequests: perWindow(() => 0),
            firstDays: way === "throughForeignNetwork" ? key.firstDays : null,
          }
        : NO_NOVEL_TRAFFIC,
    expectation: key.expectation,
    churn: key.churn,
    spendPerRequest: key.spendPerRequest,
    ageDays: key.ageDays,
    isPlaced: true,
    floors: limit === null ? null : perWindow((w) => (minutes >= WINDOW_MINUTES[w]! ? perMinute : before) / limit),
    refusals: NO_REFUSALS,
    currentShare: limit === null ? 0 : perMinute / limit,
  };
}

/** In words, what somebody who knows all this can take from the key each day without a page; `newNetwork` is what the card calls foreign. */
export function adaptiveAttacker(card: DetectabilityCard, perMinute: number, newNetwork: string): string {
  const most = (found: Detectable | null) =>
    found === null
      ? "whatever its limit allows"
      : `up to ${requestsText(Math.floor(found.requestsPerMinute * 1440))}${found.usdPerDay === null ? "" : ` or $${found.usdPerDay.toFixed(2)}`}`;
  const usual = Math.round(perMinute * 1440).toLocaleString("en-US");
  return (
    `An attacker who knows these thresholds can use, per day without a page, ${most(card.throughForeignNetwork["24h"])} from ${newNetwork}, ` +
    `${most(card.throughUnknownProgram["24h"])} from the owner's own hosts with a program of their own, ` +
    `and ${most(card.throughKnownNetwork["24h"])} from there with the owner's program, on top of the usual ${usual}.`
  );
}
