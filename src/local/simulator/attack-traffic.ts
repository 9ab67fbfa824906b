import type { Attack } from "./attacks.js";
import { RequestDealer } from "./deal-requests.js";
import { exploredRoutes } from "./draw-attacker.js";
import type { KeyTraffic } from "./key-traffic.js";
import { Random } from "./random.js";
import { openShape } from "./rate-shape.js";
import type { RequestSink } from "./request-sink.js";
import type { RouteMix } from "./route-mix.js";
import { SourcePool } from "./source-pool.js";

const DAY = 1440;
/** A ramp climbs for this share of its time, then holds. */
const RAMP_SHARE = 0.7;
/** Night of the key's holders, in local minutes. */
const NIGHT_UNTIL = 5 * 60;

/** The attacker's requests, minute after minute, from random numbers of his own. */
export class AttackTraffic {
  readonly attack: Attack;
  readonly #victim: KeyTraffic;
  /** Apart from the requests' details, so that counting alone counts the same. */
  readonly #counts: Random;
  readonly #hosts: Random;
  readonly #instants: Random;
  readonly #dealer: RequestDealer;
  readonly #pool: SourcePool;
  readonly #rhythm: (minute: number) => number;
  readonly #explored: RouteMix;
  #carry = 0;

  constructor(seed: number, attack: Attack, victim: KeyTraffic) {
    const name = `${attack.id}/${attack.keyId}`;
    this.attack = attack;
    this.#victim = victim;
    this.#counts = new Random(seed, `${name}/counts`);
    this.#hosts = new Random(seed, `${name}/hosts`);
    this.#instants = new Random(seed, `${name}/instants`);
    this.#dealer = new RequestDealer(new Random(seed, `${name}/requests`));
    // Whoever steals many keys uses the same machines for all of them.
    this.#pool = new SourcePool(attack.sources, new Random(seed, `${attack.id}/sources`));
    this.#rhythm = openShape(victim.profile.shape);
    this.#explored = exploredRoutes(victim.profile, new Random(seed, `${name}/explored`));
  }

  /** How many requests the attacker sends in a minute in which the holders send `holders`; 0 outside the attack. */
  count(minute: number, holders: number): number {
    const { from, to, requestsPerMinute, totalAtMost, echo, isExact } = this.attack;
    if (minute < from || minute >= to) return 0;
    const exploring = this.#exploring(minute);
    if (exploring !== null) return this.#counts.poisson(exploring);
    const rate = requestsPerMinute * this.#intensity(minute);
    const wanted = isExact ? this.#due(rate) : this.#counts.poisson(rate);
    const all = wanted + (echo > 0 ? this.#counts.poisson(echo * holders) : 0);
    return totalAtMost === null ? all : Math.max(0, Math.min(all, Math.floor(totalAtMost) - holders));
  }

  /** Hands over so many requests, of which the gateway serves what the holders left of the limit and refuses the rest. */
  write(minute: number, count: number, holders: number, sink: RequestSink): void {
    if (count === 0) return;
    const { attack } = this;
    const left = Math.max(0, (this.#victim.profile.limitPerMinute ?? Infinity) - holders);
    const served = Math.min(count, left);
    const isExploring = this.#exploring(minute) !== null;
    const ending = isExploring
      ? { served: 0, refused: 0, forbidden: count, errorShare: 0, stormShare: 0 }
      : { served, refused: count - served, errorShare: 0, stormShare: 0 };
    const spacing = attack.isExact ? "even" : "random";
    sink.begin({ theft: attack, count, spacing, instants: this.#instants });
    const deal = {
      minute,
      pool: this.#pool,
      callers: attack.sources.size,
      routes: isExploring ? this.#explored : attack.routes,
      ...ending,
    };
    this.#dealer.deal(deal, attack.origin === "own_host" ? this.#onOwnersHost(sink) : sink);
  }

  /** The attacker's program runs where one of the owner's does: it has that one's address. */
  #onOwnersHost(sink: RequestSink): RequestSink {
    const host = this.#victim.peekCaller(this.#hosts);
    // Before any holder has called, his own address of the same network stands in.
    if (host === undefined) return sink;
    const { ip, network } = host;
    return {
      begin: (sender) => sink.begin(sender),
      add: ({ userAgent }, ...request) => sink.add({ ip, network, userAgent }, ...request),
    };
  }

  /** Refused requests a minute while the attacker finds out what the key may do; null once he knows, or never asks. */
  #exploring(minute: number): number | null {
    const { from, pattern } = this.attack;
    return pattern.kind === "explore_first" && minute < from + pattern.minutes ? pattern.requestsPerMinute : null;
  }

  #due(rate: number): number {
    this.#carry += rate;
    const due = Math.floor(this.#carry + 1e-6);
    this.#carry -= due;
    return due;
  }

  /** What the pattern makes of the attack's rate at a minute: 0 to 1, or more where it follows the owner's day. */
  #intensity(minute: number): number {
    const { from, to, pattern } = this.attack;
    switch (pattern.kind) {
      case "steady":
      case "explore_first":
        return 1;
      case "ramp":
        return Math.min(1, (minute - from) / ((to - from) * RAMP_SHARE));
      case "bursts":
        return (minute - from) % pattern.everyMinutes < pattern.minutes ? 1 : 0;
      case "nights": {
        const { shape } = this.#victim.profile;
        const local = minute + ("utcOffsetMinutes" in shape ? shape.utcOffsetMinutes : 0);
        return local % DAY < NIGHT_UNTIL ? 1 : 0;
      }
      case "rhythm":
        return this.#rhythm(minute);
      case "daily_steps": {
        const steps = Math.max(1, Math.ceil((to - from) / DAY) - 1);
        return pattern.firstShare ** (1 - Math.min(1, Math.floor((minute - from) / DAY) / steps));
      }
    }
  }
}
