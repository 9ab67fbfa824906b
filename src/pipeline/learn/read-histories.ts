import type { BinHistory } from "../../detect/surprise.js";
import { withElders, type Lineages } from "../../model/key/lineage.js";
import type { Store } from "../../store/store.js";
import { inheritHistories } from "./inherit-histories.js";
import { groupBySubject } from "../../model/subject.js";

/** Daily maxima of the past days of some keys, by subject; of days before a key's own first, those of what it succeeds. */
export async function readHistories(
  store: Store,
  day: string,
  keyIds: readonly string[],
  visible: number,
  lineages: Lineages,
): Promise<ReadonlyMap<string, BinHistory>> {
  const bins =
    keyIds.length === 0 ? [] : await store.learn.readBaselineBins(day, withElders(lineages, keyIds), visible);
  return inheritHistories(groupBySubject(bins), keyIds, lineages);
}
