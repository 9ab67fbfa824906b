import { setImmediate } from "node:timers/promises";
import { NO_HISTORY } from "../../detect/surprise.js";
import type { Thresholds } from "../../detect/threshold.js";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf, withElders } from "../../model/key/lineage.js";
import { subjectKey } from "../../model/subject.js";
import type { Store } from "../../store/store.js";
import { addDays, dayOf } from "../../time/day.js";
import { readHistories } from "../learn/read-histories.js";
import { isConfined, keyCard, type KeyCard } from "./key-card.js";

/** The detectability cards of some keys at an instant, by what is visible at another (epoch ms), in their order: a few queries for all of them. */
export async function readKeyCards(
  store: Store,
  keyIds: readonly string[],
  registry: ReadonlyMap<string, KeyVersion>,
  limits: Thresholds,
  { now, visible }: { readonly now: number; readonly visible: number },
): Promise<readonly KeyCard[]> {
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
  const cards: KeyCard[] = [];
  for (const keyId of keyIds) {
    // Each takes milliseconds: requests to ingest come in between.
    await setImmediate();
    const baseline = withElders(lineages, [keyId]).flatMap((id) => baselineOf.get(id) ?? [])[0] ?? null;
    const history =
      baseline === null
        ? NO_HISTORY
        : (histories.get(subjectKey({ keyId, observedBy: baseline.observedBy })) ?? NO_HISTORY);
    const key = registry.get(keyId);
    cards.push(keyCard(baseline, history, key?.limitPerMinute ?? null, limits, isConfined(key)));
  }
  return cards;
}
