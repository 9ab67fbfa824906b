import { readFileSync } from "node:fs";
import { NOVELTY_LEVELS } from "../../../src/model/finding/novelty.js";
import {
  LEVELLED_GROUPS,
  STATISTIC_GROUPS,
  statisticIndex,
  type StatisticGroup,
} from "../../../src/model/finding/statistics.js";
import { WINDOW_MINUTES } from "../../../src/model/finding/window.js";
import { BINS, type DayCounts } from "./day-counts.js";
import { table } from "./report.js";

/** The table as it is stored: per group, level after level and window after window, 34 fractions each. */
export interface FleetTable extends Readonly<Record<StatisticGroup, readonly number[]>> {
  readonly about: string;
}

/** Fewer exceedances than this are extrapolated: each bin is then so much rarer than the one before (docs/detection.md, 6). */
const LEAST_EXCEEDANCES = 8;
const TAIL_DECAY = 0.6;
const LINE_LENGTH = 118;

/** The fractions that some key-days give: F(b), the share of them whose daily maximum reached bin b. */
export function deriveTable({ days, reached }: DayCounts, about: string): FleetTable {
  const groups = STATISTIC_GROUPS.map((group) => [group, seriesOf(group).flatMap(({ index }) => fractions(index))]);
  return { about, ...(Object.fromEntries(groups) as Record<StatisticGroup, number[]>) };

  function fractions(index: number): number[] {
    const found = [1];
    for (let bin = 1; bin < BINS; bin += 1) {
      const count = reached[index * BINS + bin]!;
      const fraction = count >= LEAST_EXCEEDANCES ? count / days : TAIL_DECAY * found[bin - 1]!;
      found.push(Number(fraction.toPrecision(4)));
    }
    // Nothing seen at all is not rarer than eight in all days would be.
    return found[1] === TAIL_DECAY ? rare(days) : found;
  }
}

/** A table of some of the fleet's key-days, as a share of all of them. */
export function scaleTable(found: FleetTable, share: number): FleetTable {
  const scaled = (series: readonly number[]) =>
    series.map((fraction, at) => (at % BINS === 0 ? 1 : Number((share * fraction).toPrecision(4))));
  const groups = STATISTIC_GROUPS.map((group) => [group, scaled(found[group])]);
  return { about: found.about, ...(Object.fromEntries(groups) as Record<StatisticGroup, number[]>) };
}

/** A statistic of which too little was seen in so many key-days to say anything but that it is rare. */
function rare(days: number): number[] {
  const first = LEAST_EXCEEDANCES / days;
  return Array.from({ length: BINS }, (_, bin) =>
    bin === 0 ? 1 : Number((first * TAIL_DECAY ** (bin - 1)).toPrecision(4)),
  );
}

/** Where a derived table and another one differ by more than a factor, a line per statistic with the bin that differs most. */
export function compareTables(counts: DayCounts, derived: FleetTable, other: FleetTable, factor: number): string {
  const rows = STATISTIC_GROUPS.flatMap((group) =>
    seriesOf(group).flatMap(({ index, level, window, from }) => {
      const bins = Array.from({ length: BINS - 1 }, (_, i) => i + 1)
        .filter((bin) => counts.reached[index * BINS + bin]! >= LEAST_EXCEEDANCES)
        .map((bin) => ({ bin, now: derived[group][from + bin]!, was: other[group][from + bin]! }));
      const apart = bins.filter(({ now, was }) => distance(now, was) > Math.log(factor));
      const worst = apart.toSorted((a, b) => distance(b.now, b.was) - distance(a.now, a.was))[0];
      if (worst === undefined) return [];
      const { bin, now, was } = worst;
      const place = LEVELLED_GROUPS.has(group) ? NOVELTY_LEVELS[level]! : "";
      const name = `${group} ${place} ${WINDOW_MINUTES[window]!} min`.replace("  ", " ");
      return [[name, `${apart.length} of ${bins.length}`, String(bin), was.toPrecision(3), now.toPrecision(3)]];
    }),
  );
  return table(["statistic", "bins that differ", "most at bin", "shipped", "measured"], rows);
}

const distance = (a: number, b: number) => Math.abs(Math.log(a / b));

/** The statistics of a group in the order of the table. */
function seriesOf(group: StatisticGroup) {
  const levels = LEVELLED_GROUPS.has(group) ? NOVELTY_LEVELS.length : 1;
  return Array.from({ length: levels * WINDOW_MINUTES.length }, (_, i) => {
    const level = Math.floor(i / WINDOW_MINUTES.length);
    const window = i % WINDOW_MINUTES.length;
    return { level, window, index: statisticIndex(group, window, level), from: i * BINS };
  });
}

/** Reads a stored table. */
export function readTable(file: string): FleetTable {
  return JSON.parse(readFileSync(file, "utf8")) as FleetTable;
}

/** A table as JSON with lines of readable length. */
export function formatTable(found: FleetTable): string {
  const groups = STATISTIC_GROUPS.map((group) => `  "${group}": [\n${wrap(found[group])}\n  ]`);
  return `{\n  "about": ${JSON.stringify(found.about)},\n${groups.join(",\n")}\n}\n`;
}

function wrap(numbers: readonly number[]): string {
  const lines: string[] = [];
  let line = "   ";
  for (const [i, number] of numbers.entries()) {
    const word = ` ${number}${i === numbers.length - 1 ? "" : ","}`;
    if (line.length + word.length > LINE_LENGTH) {
      lines.push(line);
      line = "   ";
    }
    line += word;
  }
  return [...lines, line].join("\n");
}
