import type { BinHistory } from "../detect/surprise.js";
import type { Store } from "../store/store.js";
import { groupBySubject } from "./subject-key.js";

/** Daily maxima of the past days of some keys, by subject. */
export async function readHistories(
  store: Store,
  day: string,
  keyIds: readonly string[],
  visible: number,
): Promise<Map<string, BinHistory>> {
  const bins = keyIds.length === 0 ? [] : await store.readBaselineBins(day, keyIds, visible);
  return new Map([...groupBySubject(bins)].map(([subject, days]) => [subject, { days }]));
}
