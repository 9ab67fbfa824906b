import type { BinHistory } from "../../detect/surprise.js";
import { eldersOf, type Lineages } from "../../model/key/lineage.js";
import { OBSERVERS } from "../../model/event/request-event.js";

type Days = BinHistory["days"];

/** Histories of some keys, by subject: their own days, and those of the keys that they succeed as far as these are older. */
export function inheritHistories(
  days: ReadonlyMap<string, Days>,
  keyIds: readonly string[],
  lineages: Lineages,
): ReadonlyMap<string, BinHistory> {
  const found = new Map<string, BinHistory>();
  for (const keyId of keyIds) {
    for (const observer of OBSERVERS) {
      const name = `${observer} ${keyId}`;
      const own = [name, ...eldersOf(lineages, name)].reduce<Days>((all, one) => older(all, days.get(one) ?? []), []);
      if (own.length > 0) found.set(name, { days: own });
    }
  }
  return found;
}

function older(known: Days, elder: Days): Days {
  if (elder.length === 0) return known;
  const oldest = known.reduce((most, { daysAgo }) => Math.max(most, daysAgo), 0);
  return [...elder.filter(({ daysAgo }) => daysAgo > oldest), ...known];
}
