import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import type { Signal } from "../model/finding/finding.js";
import type { FirstDays } from "../model/key/founding.js";
import { isNoveltyStatistic, statisticIndex } from "../model/finding/statistics.js";
import { comparisonText } from "./first-days-text.js";
import { firstDayFraction, fleetFraction } from "./fleet-fraction.js";
import type { Score } from "./fusion.js";
import { frequency, lagDaysOf, type BinHistory } from "./surprise.js";
import { keyDaysPerFalseAlarm, type ScoreScale } from "./threshold.js";
import { countedText, countText } from "../text/amounts.js";

/**
 * Two plain sentences: what is unusual and against what, and how often that happens to this key, to the fleet, and to
 * legitimate traffic in all.
 * @param signals what spoke, the loudest first
 */
export function explain(
  signals: readonly Signal[],
  bins: readonly number[],
  result: Score,
  {
    history,
    firstDays,
    scale,
  }: { readonly history: BinHistory; readonly firstDays: FirstDays | null; readonly scale: ScoreScale },
): string {
  const loudest = signals[0];
  if (loudest === undefined) return "Nothing is unusual about this key.";
  const index = statisticOf(loudest.name, result);
  const together = `legitimate traffic looks like this once in ${countText(keyDaysPerFalseAlarm(result.value, scale))} key-days`;
  const what = `${loudest.summary.charAt(0).toUpperCase()}${loudest.summary.slice(1)}.`;
  if (index === null) return `${what} With all signals combined, ${together}.`;
  const bin = bins[index]!;
  if (firstDays !== null && isNoveltyStatistic(index)) {
    const { own, example } = comparisonText(firstDays);
    const once = countText(1 / firstDayFraction(firstDays.kind, index, bin));
    return `${what} ${own}; ${example} on one key-day in ${once}, and with all signals combined ${together}.`;
  }
  const { days, reached } = frequency(index, bin, history);
  // What is under way must not be its own evidence.
  const uncounted = `the last ${countedText(lagDaysOf(index) - 1, "day")} not counted`;
  const own =
    days === 0
      ? `This key has no history to compare with (${uncounted})`
      : `This key reached that on ${reached} of ${countedText(days, "past day")} (${uncounted})`;
  const fleet = `an average key on one day in ${countText(1 / fleetFraction(index, bin))}`;
  return `${what} ${own}, ${fleet}, and with all signals combined ${together}.`;
}

/** The statistic that a signal is read from, in the winning window. */
function statisticOf(name: Signal["name"], { surprises, window }: Score): number | null {
  const { level } = surprises[window]!;
  switch (name) {
    case "sources":
      return level === null ? null : statisticIndex("n", window, level);
    case "clients":
      return statisticIndex("n", window, NOVELTY_LEVELS.indexOf("client"));
    case "refusals":
      return statisticIndex("b", window);
    case "routes":
      return statisticIndex("n", window, NOVELTY_LEVELS.indexOf("route"));
    case "rate":
      return statisticIndex("z", window);
    case "spend":
      return statisticIndex("s", window);
    case "headroom":
      return statisticIndex("l", window);
    default:
      return null;
  }
}
