import type { AttackKind } from "../../../src/local/simulator/attacks.js";
import { keyDays, type KeyDigest, type KeyTruth } from "./digest.js";
import { DELAYS } from "./protocol.js";

/** What one detector does on one key under one threshold. */
export interface KeyOutcome {
  readonly benignDays: number;
  readonly falsePages: number;
  readonly attacks: readonly AttackOutcome[];
}

/** How one attack went. */
export interface AttackOutcome {
  readonly kind: AttackKind;
  readonly origin: KeyTruth["attacks"][number]["origin"];
  readonly copiesClient: boolean;
  readonly firstDays: KeyTruth["attacks"][number]["firstDays"];
  /** Minutes from the first malicious request to the first alarm; Infinity when there was none. */
  readonly delay: number;
  readonly spendMicros: number;
  readonly lostMicros: number;
}

/** What detector number `index` does on every key under a threshold. */
export function outcomes(keys: readonly KeyDigest[], index: number, exact: number): KeyOutcome[] {
  // As scores are kept: one that is as high as the threshold must not fall short of it by its rounding.
  const threshold = Math.fround(exact);
  return keys.map(({ truth, detectors }) => {
    const { above, upTo, attacks } = detectors[index]!;
    let falsePages = 0;
    for (let i = 0; i < above.length; i += 1) {
      if (above[i]! < threshold && upTo[i]! >= threshold) falsePages += 1;
    }
    return {
      benignDays: keyDays(truth.benignTicks),
      falsePages,
      attacks: truth.attacks.map(({ kind, origin, copiesClient, firstDays, spendMicros }, a) => {
        const { scores, delays, spent } = attacks[a]!;
        const found = scores.findIndex((score) => score >= threshold);
        return {
          kind,
          origin,
          copiesClient,
          firstDays,
          delay: found < 0 ? Infinity : delays[found]!,
          spendMicros,
          lostMicros: spendMicros * (found < 0 ? 1 : spent[found]!),
        };
      }),
    };
  });
}

/** False pages per 1,000 benign key-days. */
export function falseRate(keys: readonly KeyOutcome[]): number {
  let [pages, days] = [0, 0];
  for (const key of keys) [pages, days] = [pages + key.falsePages, days + key.benignDays];
  return (1000 * pages) / days;
}

/** Share of attacks found within each delay of DELAYS. */
export function recalls(attacks: readonly AttackOutcome[]): number[] {
  return DELAYS.map((minutes) => attacks.filter(({ delay }) => delay <= minutes).length / attacks.length);
}

/** Share of all attacks' spend that was gone at the first alarm, all of it where there was none. */
export function lostShare(attacks: readonly AttackOutcome[]): number {
  const sum = (of: (attack: AttackOutcome) => number) => attacks.reduce((total, attack) => total + of(attack), 0);
  return sum(({ lostMicros }) => lostMicros) / sum(({ spendMicros }) => spendMicros);
}

/** Median delay in minutes over all attacks, Infinity where more than half are never found. */
export function medianDelay(attacks: readonly AttackOutcome[]): number {
  const sorted = attacks.map(({ delay }) => delay).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
}

/** The lowest threshold from which on no higher one has more false pages than the budget per 1,000 benign key-days. */
export function thresholdForBudget(keys: readonly KeyDigest[], index: number, budget: number): number {
  const days = keys.reduce((sum, { truth }) => sum + keyDays(truth.benignTicks), 0);
  const allowed = Math.floor((budget * days) / 1000);
  const edges: { readonly at: number; readonly step: 1 | -1 }[] = [];
  for (const { detectors } of keys) {
    const { above, upTo } = detectors[index]!;
    upTo.forEach((at) => edges.push({ at, step: 1 }));
    above.forEach((at) => edges.push({ at, step: -1 }));
  }
  edges.sort((a, b) => b.at - a.at);
  let [pages, lowest] = [0, Infinity];
  for (let i = 0; i < edges.length;) {
    const { at } = edges[i]!;
    for (; i < edges.length && edges[i]!.at === at; i += 1) pages += edges[i]!.step;
    // Half-way between what fits and what does not, since the next fleet's scores are not these.
    if (pages > allowed) return lowest === Infinity ? at * (1 + 1e-6) : (lowest + at) / 2;
    lowest = at;
  }
  return lowest;
}
