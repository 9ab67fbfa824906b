import { setImmediate } from "node:timers/promises";
import { NO_HISTORY } from "../../detect/surprise.js";
import type { Thresholds } from "../../detect/threshold.js";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import { addDays, dayOf } from "../../time/day.js";
import { readStandings } from "./key-states.js";
import { isConfined, keyCard, type KeyCard } from "./key-card.js";
import { readHistories } from "../learn/read-histories.js";
import { subjectKey } from "../../model/subject.js";

export const CARD_TIMES = ["15m", "1h", "24h"] as const;
export type CardTime = (typeof CARD_TIMES)[number];

/** What would be found, summed over some keys: of how many of them some theft within the limit is paged in time. */
export interface FleetCard {
  readonly keys: number;
  /** Keys without a baseline: of them only the fleet's figures speak. */
  readonly unlearned: number;
  /** Keys without a limit. */
  readonly unlimited: number;
  /** Keys that are under suspicion, and teach nothing at the moment. */
  readonly suspect: number;
  readonly throughForeignNetwork: Readonly<Record<CardTime, number>>;
  readonly throughKnownNetwork: Readonly<Record<CardTime, number>>;
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
  const lineages = lineagesOf(registry);
  const learned = await store.learn.readNewestLearnedDay(dayOf(now), visible);
  const baselines =
    learned === null || keyIds.length === 0
      ? []
      : await store.learn.readBaselines(learned.day, visible, withElders(lineages, keyIds));
  const histories =
    learned === null ? new Map() : await readHistories(store, addDays(learned.day, 1), keyIds, visible, lineages);
  const judged = baselines.filter(({ observedBy }) => observedBy !== "provider");
  const baselineOf = new Map(judged.toReversed().map((one) => [one.keyId, one]));
  const standings = await readStandings(store, keyIds, registry, now);
  const limitOf = (keyId: string) => registry.get(keyId)?.limitPerMinute ?? null;
  const cards: KeyCard[] = [];
  for (const keyId of keyIds) {
    // Each takes milliseconds: requests to ingest come in between.
    await setImmediate();
    const baseline = withElders(lineages, [keyId]).flatMap((id) => baselineOf.get(id) ?? [])[0] ?? null;
    const history =
      baseline === null
        ? NO_HISTORY
        : (histories.get(subjectKey({ keyId, observedBy: baseline.observedBy })) ?? NO_HISTORY);
    cards.push(keyCard(baseline, history, limitOf(keyId), limits, isConfined(registry.get(keyId))));
  }
  const found = (way: "throughForeignNetwork" | "throughKnownNetwork", time: CardTime) =>
    cards.filter(({ card }) => card[way][time] !== null).length;
  const within = (way: "throughForeignNetwork" | "throughKnownNetwork") => ({
    "15m": found(way, "15m"),
    "1h": found(way, "1h"),
    "24h": found(way, "24h"),
  });
  return {
    keys: cards.length,
    unlearned: cards.filter(({ baselineDay }) => baselineDay === null).length,
    unlimited: keyIds.filter((keyId) => limitOf(keyId) === null).length,
    suspect: [...standings.values()].filter(({ suspectUntil }) => suspectUntil !== null).length,
    throughForeignNetwork: within("throughForeignNetwork"),
    throughKnownNetwork: within("throughKnownNetwork"),
  };
}
