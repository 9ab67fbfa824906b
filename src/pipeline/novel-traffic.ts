import { NOVELTY_LEVELS, type NovelTraffic } from "../model/novelty.js";
import { perWindow } from "../model/window.js";
import type { NovelWindows } from "../store/usage.js";

const NONE = perWindow(() => 0);

/** Rows of novel traffic of one key at one tick, one per level, as what the statistics are computed from. */
export function novelTraffic(rows: readonly NovelWindows[]): NovelTraffic {
  const at = NOVELTY_LEVELS.map((level) => rows.find((row) => row.level === level));
  return {
    requests: at.map((row) => row?.requests ?? NONE),
    spendMicros: at.map((row) => row?.spendMicros ?? NONE),
    slots: at.map((row) => row?.slots ?? NONE),
    unplacedRequests: rows.find((row) => row.level === "unplaced")?.requests ?? NONE,
  };
}

/** Rows by a name of theirs. */
export function groupRows<Row>(rows: readonly Row[], nameOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
