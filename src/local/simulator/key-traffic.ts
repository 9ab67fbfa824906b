import { RequestDealer } from "./deal-requests.js";
import { beginOf, type Disturbance, type Visit } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { KeyRate } from "./key-rate.js";
import { Random } from "./random.js";
import { isExact, openShape } from "./rate-shape.js";
import type { RequestSink, Sender } from "./request-sink.js";
import { SourcePool, type Caller } from "./source-pool.js";
import { Timeline, type Circumstances } from "./timeline.js";
import { VisitTraffic } from "./visit-traffic.js";

/** Bounds of an autoscaled fleet, relative to its usual size. */
const SCALES = [0.4, 2] as const;
const RESCALED_EVERY = 15; // minutes

type Migration = Disturbance & { readonly kind: "migration" };

/** All that a key's own holders do. Nothing in here knows of attackers, so that a leak never changes it. */
export class KeyTraffic {
  readonly profile: KeyProfile;
  readonly #seed: number;
  readonly #moves: readonly Disturbance[];
  readonly #timeline: Timeline;
  readonly #rate: KeyRate;
  readonly #shape: (minute: number) => number;
  readonly #requests: Random;
  readonly #sources: Random;
  readonly #dealer: RequestDealer;
  readonly #sender: Sender;
  readonly #visits = new Map<Visit, VisitTraffic>();
  readonly #visitCounts: number[] = [];
  #pool: SourcePool;
  #nextPool: SourcePool | undefined;
  #migration: Migration | undefined;
  #moved = 0;
  #scale = 1;
  #rescaleAt = -Infinity;
  #main = 0;
  #now: Circumstances;

  constructor(seed: number, profile: KeyProfile, disturbances: readonly Disturbance[]) {
    this.profile = profile;
    this.#seed = seed;
    this.#moves = disturbances
      .filter(({ kind }) => kind === "deploy" || kind === "migration")
      .sort((a, b) => beginOf(a) - beginOf(b));
    this.#timeline = new Timeline(disturbances, profile.routes);
    this.#now = this.#timeline.at(0);
    this.#rate = new KeyRate(seed, profile);
    this.#shape = openShape(profile.shape);
    this.#requests = new Random(seed, `${profile.keyId}/requests`);
    this.#sources = new Random(seed, `${profile.keyId}/sources`);
    this.#dealer = new RequestDealer(this.#requests);
    this.#pool = new SourcePool(profile.sources, this.#sources);
    const clocked = profile.shape.kind === "cron" ? "first_half" : "random";
    const spacing = isExact(profile.shape) ? "even" : clocked;
    this.#sender = { theft: null, count: 0, spacing, instants: new Random(seed, `${profile.keyId}/instants`) };
  }

  /** How many requests the holders send in the minute; minutes have to be asked for one after the other. */
  count(minute: number): number {
    this.#now = this.#timeline.at(minute);
    this.#main = this.#rate.next(minute, this.#now);
    let total = this.#main;
    this.#visitCounts.length = 0;
    for (const visit of this.#now.visits) {
      const count = this.#trafficOf(visit).count();
      this.#visitCounts.push(count);
      total += count;
    }
    return total;
  }

  /** Hands over the requests that were counted last; to be called for every minute, also for none. */
  write(minute: number, sink: RequestSink): void {
    this.#moveSources(minute);
    const limit = this.profile.limitPerMinute ?? Infinity;
    if (this.#main > 0) {
      sink.begin({ ...this.#sender, count: this.#main });
      this.#writeMain(minute, limit, sink);
    }
    let before = this.#main;
    this.#now.visits.forEach((visit, index) => {
      const count = this.#visitCounts[index] ?? 0;
      if (count === 0) return;
      sink.begin({ ...this.#sender, count, spacing: "random" });
      this.#trafficOf(visit).write(minute, count, limit - before, this.#dealer, sink);
      before += count;
    });
  }

  /** One of the holders' own present callers, for an attacker who sits on their host. */
  peekCaller(random: Random): Caller | undefined {
    return this.#pool.peek(random);
  }

  #trafficOf(visit: Visit): VisitTraffic {
    const known = this.#visits.get(visit) ?? new VisitTraffic(this.#seed, this.profile, visit);
    this.#visits.set(visit, known);
    return known;
  }

  #writeMain(minute: number, limit: number, sink: RequestSink): void {
    const served = Math.min(this.#main, limit);
    const refused = this.#main - served;
    const share = this.#nextPool === undefined ? 0 : this.#migrated(minute);
    const [newServed, newRefused] = [this.#requests.binomial(served, share), this.#requests.binomial(refused, share)];
    if (newServed + newRefused > 0) this.#deal(minute, this.#nextPool ?? this.#pool, newServed, newRefused, sink);
    if (newServed + newRefused < this.#main)
      this.#deal(minute, this.#pool, served - newServed, refused - newRefused, sink);
  }

  #deal(minute: number, pool: SourcePool, served: number, refused: number, sink: RequestSink): void {
    const { routes, stormShare } = this.#now;
    const callers = this.#callers(minute, pool);
    const { errorShare } = this.profile;
    this.#dealer.deal({ minute, pool, callers, routes, served, refused, errorShare, stormShare }, sink);
  }

  /** How many callers are at work: more people in a campaign, more servers in the day's busy hours. */
  #callers(minute: number, { plan }: SourcePool): number {
    if (plan.kind === "clients") return Math.ceil(plan.size * this.#now.widen);
    if (plan.kind !== "autoscaled") return plan.size;
    if (minute >= this.#rescaleAt) {
      this.#scale = Math.min(SCALES[1], Math.max(SCALES[0], this.#shape(minute)));
      this.#rescaleAt = minute + RESCALED_EVERY;
    }
    return Math.ceil(plan.size * this.#scale);
  }

  /** Share of the requests that comes from where the key is moving to. */
  #migrated(minute: number): number {
    const { from, to, canaryShare } = this.#migration as Migration;
    return minute < from ? canaryShare : Math.max(canaryShare, (minute - from) / Math.max(1, to - from));
  }

  #moveSources(minute: number): void {
    if (this.#nextPool !== undefined && minute >= (this.#migration?.to ?? 0)) {
      this.#pool = this.#nextPool;
      this.#nextPool = undefined;
    }
    for (
      let move = this.#moves[this.#moved];
      move !== undefined && minute >= beginOf(move);
      move = this.#moves[++this.#moved]
    ) {
      if (move.kind === "deploy") this.#pool.redeploy(move.from, move.to, move.isUpgrade, move.changesTo ?? null);
      if (move.kind !== "migration") continue;
      this.#migration = move;
      this.#nextPool = new SourcePool({ ...this.profile.sources, networks: move.networks }, this.#sources);
    }
  }
}
