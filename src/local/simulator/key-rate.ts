import type { KeyProfile } from "./key-profile.js";
import { Random } from "./random.js";
import { isExact, openShape } from "./rate-shape.js";
import type { Circumstances } from "./timeline.js";

/** Time constants in minutes of the three log-rates that wander around the day's shape. */
const TIME_CONSTANTS = [10, 180, 3456] as const;
/** They move in steps of so many minutes. */
const STEP = 5;
const KEPT = TIME_CONSTANTS.map((minutes) => Math.exp(-STEP / minutes));
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
    this.#level = this.#levelAt(profile.activeFrom);
  }

  /** Requests sent in an epoch minute, whether they are served or not; minutes have to be asked for one after the other. */
  next(minute: number, now: Circumstances): number {
    const { activeFrom, evenness } = this.#profile;
    if (minute < activeFrom) return 0;
    if (minute % STEP === 0) this.#move(minute);
    const rate = this.#shape(minute) * this.#level * now.load + now.extraPerMinute;
    if (rate === 0) return 0;
    if (!this.#exact) return this.#random.poisson(rate * this.#random.gamma(evenness));
    // A robot sends what is due; the smallest amount is added because shares of a limit are not exact in binary.
    this.#carry += rate;
    const due = Math.floor(this.#carry + 1e-6);
    this.#carry -= due;
    return due;
  }

  #move(minute: number): void {
    const { wander } = this.#profile;
    for (let i = 0; i < wander.length && !this.#exact; i++) {
      const keep = KEPT[i] ?? 0;
      this.#wander[i] =
        keep * (this.#wander[i] ?? 0) + (wander[i] ?? 0) * Math.sqrt(1 - keep * keep) * this.#random.normal();
    }
    this.#level = this.#levelAt(minute);
  }

  /** The mean with its growth times the wandering factor, whose mean is 1: that of exp(normal) would be exp(variance / 2). */
  #levelAt(minute: number): number {
    const { wander, activeFrom, meanPerMinute, weeklyGrowth } = this.#profile;
    const variance = wander.reduce((sum, deviation) => sum + deviation * deviation, 0);
    const strayed = this.#wander.reduce((sum, value) => sum + value, 0);
    return meanPerMinute * (1 + weeklyGrowth) ** ((minute - activeFrom) / WEEK) * Math.exp(strayed - variance / 2);
  }
}
