import { readFileSync } from "node:fs";
import type { FirstDays } from "../model/key/founding.js";
import {
  HIGHEST_BIN,
  LEVELLED_GROUPS,
  STATISTIC_COUNT,
  STATISTIC_GROUPS,
  statisticIndex,
} from "../model/finding/statistics.js";
import { ownFile } from "../own-files.js";
import { NOVELTY_LEVELS } from "../model/finding/novelty.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";

const BINS = HIGHEST_BIN + 1;

const table = loadTable("fleet-defaults");
const firstDays = { new: loadTable("first-days-new"), dormant: loadTable("first-days-dormant") };

/** Share of the fleet's key-days whose daily maximum of this statistic reached the bin (src/detect/fleet-defaults.json). */
export function fleetFraction(index: number, bin: number): number {
  return table[index * BINS + bin]!;
}

/** Share of the fleet's key-days that are the first of a new key, or of one that slept, and reached the bin (src/detect/first-days-*.json). */
export function firstDayFraction(kind: FirstDays["kind"], index: number, bin: number): number {
  return firstDays[kind][index * BINS + bin]!;
}

function loadTable(name: string): Float64Array {
  const file = ownFile(`dist/src/detect/${name}.json`);
  const defaults = JSON.parse(readFileSync(file, "utf8")) as Record<string, number[]>;
  const flat = new Float64Array(STATISTIC_COUNT * BINS);
  for (const group of STATISTIC_GROUPS) {
    const levels = LEVELLED_GROUPS.has(group) ? NOVELTY_LEVELS.length : 1;
    for (let level = 0; level < levels; level += 1) {
      for (const window of WINDOW_MINUTES.keys()) {
        const from = (level * WINDOW_MINUTES.length + window) * BINS;
        flat.set(defaults[group]!.slice(from, from + BINS), statisticIndex(group, window, level) * BINS);
      }
    }
  }
  return flat;
}
