import type { Way } from "../../detect/detectability.js";
import type { Thresholds } from "../../detect/threshold.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { Store } from "../../store/store.js";
import { readStandings } from "./key-states.js";
import { readKeyCards } from "./key-cards.js";

export const CARD_TIMES = ["15m", "1h", "24h"] as const;
export type CardTime = (typeof CARD_TIMES)[number];

/** What would be found, summed over some keys: of how many of them some theft within the limit is paged in time. */
export interface FleetCard extends Readonly<Record<Way, Readonly<Record<CardTime, number>>>> {
  readonly keys: number;
  /** Keys without a baseline: of them only the fleet's figures speak. */
  readonly unlearned: number;
  /** Keys without a limit. */
  readonly unlimited: number;
  /** Keys that are under suspicion, and teach nothing at the moment. */
  readonly suspect: number;
}

/** The detectability cards of some keys at an instant (epoch ms), summed: a few queries for all of them. */
export async function readFleetCard(
  store: Store,
  keyIds: readonly string[],
  registry: ReadonlyMap<string, KeyVersion>,
  limits: Thresholds,
  now: number,
): Promise<FleetCard> {
  const visible = await store.readClock();
  const [cards, standings] = await Promise.all([
    readKeyCards(store, keyIds, registry, limits, { now, visible }),
    readStandings(store, keyIds, registry, now),
  ]);
  const found = (way: Way, time: CardTime) => cards.filter(({ card }) => card[way][time] !== null).length;
  const within = (way: Way) => ({
    "15m": found(way, "15m"),
    "1h": found(way, "1h"),
    "24h": found(way, "24h"),
  });
  return {
    keys: cards.length,
    unlearned: cards.filter(({ baselineDay }) => baselineDay === null).length,
    unlimited: keyIds.filter((keyId) => (registry.get(keyId)?.limitPerMinute ?? null) === null).length,
    suspect: [...standings.values()].filter(({ suspectUntil }) => suspectUntil !== null).length,
    throughForeignNetwork: within("throughForeignNetwork"),
    throughUnknownProgram: within("throughUnknownProgram"),
    throughKnownNetwork: within("throughKnownNetwork"),
  };
}
