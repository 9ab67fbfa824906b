import type { Attack } from "./attacks.js";
import { outcome, type KeyTraffic } from "./key-traffic.js";
import type { MinuteBuffer } from "./minute-buffer.js";
import { Random } from "./random.js";
import { pickRoute } from "./route-mix.js";
import { SourcePool } from "./source-pool.js";

/** A ramp climbs for this share of its time, then holds. */
const RAMP_SHARE = 0.7;
/** Night of the key's holders, in local minutes. */
const NIGHT_UNTIL = 5 * 60;
/** A burst of so many minutes comes once in every period of so many. */
const BURST = 5;
const BURST_PERIOD = 30;

/** The thief's requests, minute after minute, from random numbers of his own. */
export class AttackTraffic {
  readonly attack: Attack;
  readonly #victim: KeyTraffic;
  /** Apart from the requests' details, so that counting alone counts the same. */
  readonly #counts: Random;
  readonly #random: Random;
  readonly #pool: SourcePool;
  #carry = 0;

  constructor(seed: number, index: number, attack: Attack, victim: KeyTraffic) {
    this.attack = attack;
    this.#victim = victim;
    this.#counts = new Random(seed, `attack/${index}/counts`);
    this.#random = new Random(seed, `attack/${index}/requests`);
    const addresses = new Random(seed, `attack/${index}/sources`);
    // On the owner's host, too, there are callers of his own: for the time before any holder has called.
    const plan = attack.sources ?? { ...victim.profile.sources, size: 1 };
    this.#pool = new SourcePool(plan, attack.keyId, addresses);
  }

  /** How many requests the thief sends in a minute in which the holders send `holders`; 0 outside the attack. */
  count(minute: number, holders: number): number {
    const { from, to, requestsPerMinute, totalAtMost, echo } = this.attack;
    if (minute < from || minute >= to) return 0;
    this.#carry += requestsPerMinute * this.#intensity(minute);
    const due = Math.floor(this.#carry + 1e-6);
    this.#carry -= due;
    const wanted = due + (echo > 0 ? this.#counts.poisson(echo * holders) : 0);
    return totalAtMost === null ? wanted : Math.max(0, Math.min(wanted, Math.floor(totalAtMost) - holders));
  }

  /** Writes so many requests, of which the gateway serves what the holders left of the limit and refuses the rest. */
  write(minute: number, count: number, holders: number, buffer: MinuteBuffer): void {
    const left = (this.#victim.profile.limitPerMinute ?? Infinity) - holders;
    const host = this.attack.sources === null ? this.#victim.peekSource(this.#random) : undefined;
    for (let i = 0; i < count; i++) {
      const source = host ?? this.#pool.pick(minute, 1);
      const offsetMs = Math.floor(((i + this.#random.next()) / count) * 60_000);
      const route = pickRoute(this.attack.routes, this.#random);
      buffer.add(offsetMs, source + outcome(route, i < left ? route.okStatus : 429, this.#random));
    }
  }

  /** What the pattern makes of the attack's rate at a minute, 0 to 1. */
  #intensity(minute: number): number {
    const { from, to, pattern } = this.attack;
    if (pattern === "steady") return 1;
    if (pattern === "ramp") return Math.min(1, (minute - from) / ((to - from) * RAMP_SHARE));
    if (pattern === "bursts") return (minute - from) % BURST_PERIOD < BURST ? 1 : 0;
    const { shape } = this.#victim.profile;
    const local = minute + ("utcOffsetMinutes" in shape ? shape.utcOffsetMinutes : 0);
    return local % 1440 < NIGHT_UNTIL ? 1 : 0;
  }
}
