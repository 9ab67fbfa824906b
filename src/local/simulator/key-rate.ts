import type { Conditions } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { Random } from "./random.js";
import { isExact, openShape } from "./rate-shape.js";

/** Time constants in minutes of the three log-rates that wander around the day's shape. */
const TIME_CONSTANTS = [10, 180, 3456] as const;
/** They move in steps of so many minutes. */
const STEP = 5;
const WEEK = 10_080;

/** How many requests a key's holders send, minute after minute. */
export class KeyRate {
  readonly #profile: KeyProfile;
  readonly #random: Random;
  readonly #shape: (minute: number) => number;
  readonly #wander: number[];
  readonly #exact: boolean;
  #level: number;
  #carry = 0;

  constructor(seed: number, profile: KeyProfile) {
    this.#profile = profile;
    this.#random = new Random(seed, `${profile.keyId}/rate`);
    this.#shape = openShape(profile.shape);
    this.#exact = isExact(profile.shape);
    this.#wander = profile.wander.map((deviation) => deviation * this.#random.normal());
    this.#level = this.#meanLevel();
  }

  /** Requests sent in an epoch minute, whether they are served or not; minutes have to be asked for one after the other. */
  next(minute: number, conditions: Conditions): number {
    const { activeFrom, meanPerMinute, weeklyGrowth, evenness } = this.#profile;
    if (minute < activeFrom) return 0;
    if (minute % STEP === 0) this.#move();
    const age = (minute - activeFrom) / WEEK;
    const usual = meanPerMinute * this.#shape(minute) * (1 + weeklyGrowth) ** age * this.#level;
    const rate = usual * conditions.load + conditions.extraPerMinute;
    if (rate === 0) return 0;
    if (!this.#exact) return this.#random.poisson(rate * this.#random.gamma(evenness));
    // A robot sends what is due; the smallest amount is added because shares of a limit are not exact in binary.
    this.#carry += rate;
    const due = Math.floor(this.#carry + 1e-6);
    this.#carry -= due;
    return due;
  }

  #move(): void {
    this.#profile.wander.forEach((deviation, i) => {
      const keep = Math.exp(-STEP / (TIME_CONSTANTS[i] ?? 1));
      this.#wander[i] = keep * (this.#wander[i] ?? 0) + deviation * Math.sqrt(1 - keep * keep) * this.#random.normal();
    });
    this.#level = this.#meanLevel();
  }

  /** The wandering factor, whose mean is 1: that of exp(normal) would be exp(variance / 2). */
  #meanLevel(): number {
    const variance = this.#profile.wander.reduce((sum, deviation) => sum + deviation * deviation, 0);
    return Math.exp(this.#wander.reduce((sum, value) => sum + value, 0) - variance / 2);
  }
}
