import type { Attack, AttackKind, AttackPattern } from "./attacks.js";
import type { KeyProfile } from "./key-profile.js";
import type { Random } from "./random.js";

/** Hours that an attack of a kind lasts, from and to. */
export const attackHours: Readonly<Record<AttackKind, readonly [number, number]>> = {
  A: [1, 24],
  B: [6, 72],
  C: [72, 168],
  D: [72, 144],
  E: [6, 72],
  F: [6, 48],
  G: [6, 48],
  H: [6, 48],
  I: [0.5, 6],
  J: [24, 96],
  K: [504, 504],
  L: [12, 96],
  M: [24, 96],
  N: [6, 48],
  O: [6, 36],
  P: [6, 24],
  Q: [6, 48],
};

const LEAST_PER_MINUTE = 0.1;
/** What a poisoner begins with, in requests per minute. */
const POISON_FROM = 0.05;
/** So many keys share what a spreading attacker wants. */
export const SPREAD_KEYS = 20;
/** What is taken of the limit of a key that sleeps. */
const SLEEPERS_SHARE = 0.8;
/** Requests of a mimic per request of the owner. */
const MIMIC_ECHO = 0.2;

/** How much an attacker asks for, by what pattern, and the total beneath which he stays. */
export type AttackSize = Pick<Attack, "requestsPerMinute" | "totalAtMost" | "echo" | "pattern">;

/** Draws the size of an attack on a key; whose limit is unknown is thought to have room for four times its mean. */
export function drawSize(kind: AttackKind, profile: KeyProfile, random: Random): AttackSize {
  const limit = profile.limitPerMinute ?? Math.max(60, profile.meanPerMinute * 4);
  const below = limit - 1;
  const share = (least: number, most: number) =>
    Math.max(LEAST_PER_MINUTE, profile.meanPerMinute * random.between(least, most));
  const some = (median: number, sigma = 1) =>
    Math.min(limit / 2, Math.max(LEAST_PER_MINUTE, random.logNormal(median, sigma)));
  const size = (
    requestsPerMinute: number,
    totalAtMost: number | null,
    pattern: AttackPattern = { kind: "steady" },
  ) => ({
    requestsPerMinute,
    totalAtMost,
    echo: kind === "J" ? MIMIC_ECHO : 0,
    pattern,
  });
  switch (kind) {
    case "A":
      return size(limit, Math.floor(limit * random.between(0.7, 0.99)));
    case "B":
      return size(share(0.05, 0.5), below);
    case "C":
      return size(some(6), below, { kind: "ramp" });
    case "D":
      return size(some(6), below, { kind: "nights" });
    case "E":
      return size(share(0.03, 0.25), below);
    case "F":
    case "G":
      return size(some(6), below);
    case "N":
      return size(some(15), below);
    case "H": {
      const minutes = random.whole(3, 12);
      return size(some(15), below, { kind: "bursts", minutes, everyMinutes: minutes * random.whole(3, 8) });
    }
    case "I":
      return size(Math.round(limit * random.between(1, 2.5)), null);
    case "J":
      return size(0, null);
    case "O":
      return size(some(15), below);
    case "P":
      return size(Math.floor(limit * SLEEPERS_SHARE), below);
    case "Q":
      return size(share(0.05, 0.5), below, {
        kind: "explore_first",
        minutes: random.whole(5, 15),
        requestsPerMinute: random.whole(12, 40),
      });
    case "K": {
      const target = Math.max(1, some(6, 0.7));
      return size(target, below, { kind: "daily_steps", firstShare: POISON_FROM / target });
    }
    case "L":
      return size(random.logNormal(30, 0.7) / SPREAD_KEYS, below);
    case "M":
      return size(share(0.15, 0.6), below, { kind: "rhythm" });
  }
}
