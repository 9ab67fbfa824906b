import { conditionsAt, type Conditions, type Disturbance } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { KeyRate } from "./key-rate.js";
import type { MinuteBuffer } from "./minute-buffer.js";
import { Random } from "./random.js";
import { isExact } from "./rate-shape.js";
import { nextRoute, pickRoute } from "./route-mix.js";
import type { Route } from "./services.js";
import { SourcePool } from "./source-pool.js";

const MINUTE_MS = 60_000;
/** Robots are late by up to so many milliseconds. */
const JITTER_MS = 400;
const CALLERS_FAULT = [400, 401, 404, 404, 409, 422] as const;
const SERVERS_FAULT = [500, 502, 503, 503, 504] as const;
/** Share of everyday errors that are the server's; in a retry storm all are. */
const SERVERS_SHARE = 0.3;

/** All that a key's own holders do. Nothing in here knows of thieves, so that a leak never changes it. */
export class KeyTraffic {
  readonly profile: KeyProfile;
  readonly #disturbances: readonly Disturbance[];
  readonly #moves: readonly Disturbance[];
  readonly #rate: KeyRate;
  readonly #random: Random;
  readonly #sources: Random;
  #pool: SourcePool;
  #nextPool: SourcePool | undefined;
  #migration: (Disturbance & { kind: "migration" }) | undefined;
  #moved = 0;
  #conditions: Conditions = conditionsAt([], 0);

  constructor(seed: number, profile: KeyProfile, disturbances: readonly Disturbance[]) {
    this.profile = profile;
    this.#disturbances = disturbances;
    this.#moves = disturbances
      .filter(({ kind }) => kind === "deploy" || kind === "migration")
      .sort((a, b) => beginOf(a) - beginOf(b));
    this.#rate = new KeyRate(seed, profile);
    this.#random = new Random(seed, `${profile.keyId}/requests`);
    this.#sources = new Random(seed, `${profile.keyId}/sources`);
    this.#pool = new SourcePool(profile.sources, profile.keyId, this.#sources);
  }

  /** How many requests the holders send in the minute; minutes have to be asked for one after the other. */
  count(minute: number): number {
    this.#conditions = conditionsAt(this.#disturbances, minute);
    return this.#rate.next(minute, this.#conditions);
  }

  /** Writes the minute's requests; to be called for every minute after `count`, also for none. */
  write(minute: number, count: number, buffer: MinuteBuffer): void {
    this.#moveSources(minute);
    const limit = this.profile.limitPerMinute ?? Infinity;
    for (let i = 0; i < count; i++) {
      const offsetMs = this.#offsetOf(i, count);
      const source = this.#pickSource(minute);
      const isNew = this.#conditions.newRouteShare > 0 && this.#random.chance(this.#conditions.newRouteShare);
      const route = isNew ? nextRoute(this.profile.routes) : pickRoute(this.profile.routes, this.#random);
      buffer.add(offsetMs, source + outcome(route, i < limit ? this.#status(route) : 429, this.#random));
    }
  }

  /** One of the holders' own present callers, for a thief who sits on their host. */
  peekSource(random: Random): string | undefined {
    return this.#pool.peek(random);
  }

  #offsetOf(index: number, count: number): number {
    if (isExact(this.profile.shape))
      return Math.floor((index / count) * (MINUTE_MS - JITTER_MS)) + this.#random.below(JITTER_MS);
    // What cron starts comes in the first half of the minute.
    return this.#random.below(this.profile.shape.kind === "cron" ? MINUTE_MS / 2 : MINUTE_MS);
  }

  #status(route: Route): number {
    const { errorShare } = this.#conditions;
    if (errorShare > 0 && this.#random.chance(errorShare)) return this.#random.pick(SERVERS_FAULT);
    if (!this.#random.chance(this.profile.errorShare)) return route.okStatus;
    return this.#random.pick(this.#random.chance(SERVERS_SHARE) ? SERVERS_FAULT : CALLERS_FAULT);
  }

  #pickSource(minute: number): string {
    const migration = this.#migration;
    if (this.#nextPool !== undefined && migration !== undefined) {
      const done = (minute - migration.from) / Math.max(1, migration.to - migration.from);
      const share = minute < migration.from ? migration.canaryShare : Math.max(done, migration.canaryShare);
      if (this.#random.chance(share)) return this.#nextPool.pick(minute, 1);
    }
    return this.#pool.pick(minute, this.#conditions.widen);
  }

  #moveSources(minute: number): void {
    if (this.#migration !== undefined && this.#nextPool !== undefined && minute >= this.#migration.to) {
      this.#pool = this.#nextPool;
      this.#nextPool = undefined;
    }
    for (
      let move = this.#moves[this.#moved];
      move !== undefined && minute >= beginOf(move);
      move = this.#moves[++this.#moved]
    ) {
      if (move.kind === "deploy") this.#pool.redeploy(move.from, move.to);
      if (move.kind !== "migration") continue;
      this.#migration = move;
      const plan = { ...this.profile.sources, networks: move.networks };
      this.#nextPool = new SourcePool(plan, this.profile.keyId, this.#sources);
    }
  }
}

/** The end of an event's JSON, from `method` on: what a request of the route that ended so looks like. */
export function outcome(route: Route, status: number, random: Random): string {
  return `${route.head},"status":${status}${random.pick(status < 400 ? route.served : route.failed)}`;
}

function beginOf(move: Disturbance): number {
  return move.kind === "migration" ? move.canaryFrom : move.from;
}
