import type { RequestDealer } from "./deal-requests.js";
import type { Visit } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { Random } from "./random.js";
import type { RequestSink } from "./request-sink.js";
import { mixOf, type RouteMix } from "./route-mix.js";
import { SourcePool } from "./source-pool.js";

/** People who try things out fail more often than programs. */
const DEVELOPERS_ERROR_SHARE = 0.12;

/** The requests of one visit, from random numbers of its own. */
export class VisitTraffic {
  readonly #visit: Visit;
  readonly #random: Random;
  readonly #pool: SourcePool;
  readonly #routes: RouteMix;
  readonly #errorShare: number;
  #carry = 0;

  constructor(seed: number, profile: KeyProfile, visit: Visit) {
    const name = `${profile.keyId}/${visit.kind}/${visit.from}`;
    const { service, usual } = profile.routes;
    this.#visit = visit;
    this.#random = new Random(seed, `${name}/counts`);
    this.#pool = new SourcePool(visit.sources, new Random(seed, `${name}/sources`));
    // A monitor always asks for the same thing.
    const usualOnes = visit.kind === "monitor" ? mixOf(service, usual.slice(0, 1), [1]) : profile.routes;
    this.#routes = visit.routes ?? usualOnes;
    this.#errorShare = visit.kind === "developer" ? DEVELOPERS_ERROR_SHARE : profile.errorShare;
  }

  /** Requests in a minute of the visit. */
  count(): number {
    const { requestsPerMinute, isExact } = this.#visit;
    if (!isExact) return this.#random.poisson(requestsPerMinute);
    this.#carry += requestsPerMinute;
    const due = Math.floor(this.#carry + 1e-6);
    this.#carry -= due;
    return due;
  }

  /** Hands over the minute's requests, of which the gateway refuses those beyond `left`. */
  write(minute: number, count: number, left: number, dealer: RequestDealer, sink: RequestSink): void {
    const served = Math.max(0, Math.min(count, left));
    const ending =
      this.#visit.isForbidden === true
        ? { served: 0, refused: 0, forbidden: count, errorShare: 0, stormShare: 0 }
        : { served, refused: count - served, errorShare: this.#errorShare, stormShare: 0 };
    dealer.deal({ minute, pool: this.#pool, callers: this.#visit.sources.size, routes: this.#routes, ...ending }, sink);
  }
}
