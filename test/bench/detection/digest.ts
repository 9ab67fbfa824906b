import type { AttackKind, AttackOrigin } from "../../../src/local/simulator/attacks.js";
import { AFTERMATH_MS, FIRST_JUDGED_TICK, FROM, INCIDENT_GAP_TICKS, LATE_ALARM_MS } from "./protocol.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import type { FirstDaysCase } from "./first-days-case.js";
import type { Theft } from "./traffic-of-key.js";

/**
 * What a detector made of a key, for every threshold at once. A tick begins a false page under each threshold above everything
 * in the day before it and up to its own score; an attack is found at its first tick that reaches the threshold, which is
 * always one that scores higher than all before it.
 */
export interface DetectorDigest {
  /** Per beginning of false pages: the score that a threshold must exceed, and the one that it must not. */
  readonly above: Float32Array;
  readonly upTo: Float32Array;
  /** Ticks of the same. */
  readonly at: Uint16Array;
  /** Per attack of the key. */
  readonly attacks: readonly AttackDigest[];
}

/** The rising scores of one attack, with the delay (minutes) and the share of its spend that was gone by then. */
export interface AttackDigest {
  readonly scores: Float32Array;
  readonly delays: Float32Array;
  readonly spent: Float32Array;
}

/** The truth about a key, without its traffic. */
export interface KeyTruth {
  readonly seed: number;
  readonly index: number;
  readonly benignTicks: number;
  readonly attacks: readonly {
    readonly kind: AttackKind;
    readonly origin: AttackOrigin;
    readonly copiesClient: boolean;
    /** Null for a theft of an old key. */
    readonly firstDays: FirstDaysCase | null;
    readonly from: number;
    readonly spendMicros: number;
  }[];
}

/** One key of a run: the truth, and what each detector made of it, in the detectors' order. */
export interface KeyDigest {
  readonly truth: KeyTruth;
  readonly detectors: readonly DetectorDigest[];
}

/** A key of which judging began after its theft is judged as a key, and its theft is not: nobody could have found it. */
export function isJudged({ from }: Pick<Theft, "from">): boolean {
  return from >= FROM + FIRST_JUDGED_TICK * SLOT_MS;
}

/** Which ticks of a key are judged and benign: not history, not before its birth, nor during an attack or a day after it. */
export function benignTicks(slots: number, bornSlot: number, thefts: readonly Theft[]): Uint8Array {
  const benign = new Uint8Array(slots).fill(1, Math.max(FIRST_JUDGED_TICK, bornSlot));
  for (const { from, to } of thefts) {
    benign.fill(0, tickAfter(from), tickAfter(to + AFTERMATH_MS));
  }
  return benign;
}

/** Condenses the scores that a detector gave to the ticks of a key. */
export function digest(scores: ArrayLike<number>, benign: Uint8Array, thefts: readonly Theft[]): DetectorDigest {
  const [above, upTo, at] = [[] as number[], [] as number[], [] as number[]];
  // Ticks of the day before that no later one of it surpasses, falling: the first is its highest.
  const highest: number[] = [];
  for (let i = 0; i < benign.length; i += 1) {
    const score = scores[i]!;
    if (benign[i] === 0 || score <= 0) continue;
    while (highest.length > 0 && highest[0]! <= i - INCIDENT_GAP_TICKS) highest.shift();
    const before = highest.length === 0 ? 0 : scores[highest[0]!]!;
    while (highest.length > 0 && scores[highest.at(-1)!]! <= score) highest.pop();
    highest.push(i);
    if (before >= score) continue;
    above.push(before);
    upTo.push(score);
    at.push(i);
  }
  return {
    above: Float32Array.from(above),
    upTo: Float32Array.from(upTo),
    at: Uint16Array.from(at),
    attacks: thefts.map((theft) => digestAttack(scores, theft)),
  };
}

function digestAttack(scores: ArrayLike<number>, { from, to, spendUntil }: Theft): AttackDigest {
  const [rising, delays, spent] = [[] as number[], [] as number[], [] as number[]];
  const total = spendUntil.at(-1)!;
  let best = 0;
  for (let i = tickAfter(from); i < scores.length && timeOf(i) <= to + LATE_ALARM_MS; i += 1) {
    if (scores[i]! <= best) continue;
    best = scores[i]!;
    rising.push(best);
    delays.push((timeOf(i) - from) / 60_000);
    spent.push(total === 0 ? 0 : spendUntil[i]! / total);
  }
  return {
    scores: Float32Array.from(rising),
    delays: Float32Array.from(delays),
    spent: Float32Array.from(spent),
  };
}

/** The instant (epoch ms) at which tick number `index` is judged: the end of that slot. */
export function timeOf(index: number): number {
  return FROM + (index + 1) * SLOT_MS;
}

/** The first tick later than an instant. */
function tickAfter(at: number): number {
  return Math.floor((at - FROM) / SLOT_MS);
}

/** Benign time in key-days. */
export function keyDays(ticks: number): number {
  return ticks / SLOTS_PER_DAY;
}
