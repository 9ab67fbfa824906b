import type { BinHistory } from "../../detect/surprise.js";
import { eldersOf, type Lineages } from "../../model/key/lineage.js";
import { OBSERVERS } from "../../model/event/request-event.js";

type Days = BinHistory["days"];
/** What is on record of a past day; one that taught nothing has no bins. */
type DayOnRecord = Days[number] & Pick<BinHistory, "taughtDays" | "isSuspect">;

/** Histories of some keys, by subject: their own days, and those of the keys that they succeed as far as these are older. */
export function inheritHistories(
  days: ReadonlyMap<string, readonly DayOnRecord[]>,
  keyIds: readonly string[],
  lineages: Lineages,
): ReadonlyMap<string, BinHistory> {
  const found = new Map<string, BinHistory>();
  for (const keyId of keyIds) {
    for (const observer of OBSERVERS) {
      const name = `${observer} ${keyId}`;
      const records = [name, ...eldersOf(lineages, name)].map((one) => days.get(one) ?? []);
      const taughtDays = Math.max(0, ...records.flat().map((day) => day.taughtDays));
      const taught = records.map((own) => own.filter(({ bins }) => bins.length > 0));
      const isSuspect = records.flat().some((day) => day.isSuspect);
      if (taughtDays > 0 || isSuspect) found.set(name, { days: taught.reduce<Days>(older, []), taughtDays, isSuspect });
    }
  }
  return found;
}

function older(known: Days, elder: Days): Days {
  if (elder.length === 0) return known;
  const oldest = known.reduce((most, { daysAgo }) => Math.max(most, daysAgo), 0);
  return [...elder.filter(({ daysAgo }) => daysAgo > oldest), ...known];
}
