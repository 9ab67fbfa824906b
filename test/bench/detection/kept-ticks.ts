import type { Score } from "../../../src/detect/fusion.js";
import type { WindowSurprises } from "../../../src/detect/window-surprises.js";
import { SLOTS_PER_DAY, WINDOW_MINUTES } from "../../../src/model/finding/window.js";
import { DAY_MS, MINUTE_MS } from "../../../src/time/day.js";
import { timeOf } from "./digest.js";
import { LATE_ALARM_MS } from "./protocol.js";
import type { Theft } from "./traffic-of-key.js";

/** Surprises that a tick is kept with; refusals stand for themselves in a score and have no weight. */
export const PARTS = [
  "novelRequests",
  "novelSpend",
  "persistence",
  "foreign",
  "novelRoute",
  "rate",
  "spend",
  "floor",
  "clientRequests",
  "clientSpend",
  "clientPersistence",
] as const satisfies readonly (keyof WindowSurprises)[];

/** Where the floats of a kept tick stand: its day, its theft (-1: benign), minutes since that began, and of each part its windows. */
export const ROW = { day: 0, theft: 1, delay: 2, parts: 3, length: 3 + PARTS.length * WINDOW_MINUTES.length } as const;

/** Surprises of one window that are read again and again. */
export type MutableSurprises = { -readonly [K in keyof WindowSurprises]: WindowSurprises[K] };

/** A benign tick below both begins no false alarm that weights are judged by, whichever are tried. */
const LEAST_SCORE = 5;
const LEAST_FOREIGN = 2;

/** What of a key's life weights can be fitted to. */
export interface KeptKey {
  readonly seed: number;
  readonly benignTicks: number;
  /** How many thefts rows may be of. */
  readonly thefts: number;
  /** Kept ticks, ROW.length floats each, in their order. */
  readonly rows: Float32Array;
}

/** The ticks of a key that can matter: loud benign ones, and those of the first day of each theft. Of equal ones in a row the first is kept. */
export function keepTicks(
  judged: readonly (readonly [tick: number, result: Score])[],
  benign: Uint8Array,
  thefts: readonly Pick<Theft, "from" | "to">[],
): Float32Array {
  const rows: number[][] = [];
  let last = "";
  for (const [tick, { value, surprises }] of judged) {
    const at = timeOf(tick);
    const theft = thefts.findLastIndex(
      ({ from, to }) => at > from && at <= Math.min(to + LATE_ALARM_MS, from + DAY_MS),
    );
    const isLoud = value >= LEAST_SCORE || surprises.some(({ foreign }) => foreign >= LEAST_FOREIGN);
    if (theft < 0 && (benign[tick] === 0 || !isLoud)) continue;
    const day = Math.floor(tick / SLOTS_PER_DAY);
    const parts = PARTS.flatMap((part) => surprises.map((s) => s[part]));
    const name = [day, theft, ...parts].join();
    if (name === last) continue;
    last = name;
    rows.push([day, theft, theft < 0 ? 0 : (at - thefts[theft]!.from) / MINUTE_MS, ...parts]);
  }
  return Float32Array.from(rows.flat());
}

/** Reads the surprises of a window from the row that begins at `from`. In words, since a search does so a hundred million times: a loop over PARTS takes five times as long. */
export function readSurprises(into: MutableSurprises, rows: Float32Array, from: number, w: number): void {
  const at = from + ROW.parts + w;
  into.novelRequests = rows[at]!;
  into.novelSpend = rows[at + 4]!;
  into.persistence = rows[at + 8]!;
  into.foreign = rows[at + 12]!;
  into.novelRoute = rows[at + 16]!;
  into.rate = rows[at + 20]!;
  into.spend = rows[at + 24]!;
  into.floor = rows[at + 28]!;
  into.clientRequests = rows[at + 32]!;
  into.clientSpend = rows[at + 36]!;
  into.clientPersistence = rows[at + 40]!;
}
