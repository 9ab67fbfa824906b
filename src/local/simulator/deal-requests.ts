import type { Random } from "./random.js";
import type { RequestSink } from "./request-sink.js";
import type { RouteMix } from "./route-mix.js";
import type { SourcePool } from "./source-pool.js";

/** Requests of one minute that share their callers and routes. */
export interface Deal {
  readonly minute: number;
  readonly pool: SourcePool;
  /** Callers at work in this minute. */
  readonly callers: number;
  readonly routes: RouteMix;
  /** Requests that the gateway lets through, and those that it refuses with 429. */
  readonly served: number;
  readonly refused: number;
  /** Requests that it refuses with 403, for what the key may not do; none when absent. */
  readonly forbidden?: number;
  /** Share of the served that fail by chance, and share that fail because the server is down. */
  readonly errorShare: number;
  readonly stormShare: number;
}

/** How a request can end: 0 is the route's own success. The first two are not drawn. */
const STATUSES = [0, 429, 400, 401, 404, 404, 409, 422, 500, 502, 503, 503, 504, 403] as const;
const REFUSED = 1;
const FORBIDDEN = STATUSES.length - 1;
const CALLERS_FAULT = { first: 2, count: 6 } as const;
const SERVERS_FAULT = { first: 8, count: 5 } as const;
/** Share of everyday errors that are the server's; in a retry storm all are. */
const SERVERS_SHARE = 0.3;
/** From so many requests per caller and route on, drawing how many each gets is cheaper than drawing each one's. */
const CROWD = 3;

/** Deals the requests of a minute out to callers, routes and outcomes, which are independent of each other, and adds up the same ones. */
export class RequestDealer {
  readonly #random: Random;
  #cells = new Int32Array(1024);
  #touched: number[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Hands the deal's groups to the sink; no two of them are alike. */
  deal(deal: Deal, sink: RequestSink): void {
    const { routes, callers } = deal;
    const needed = callers * routes.usual.length * STATUSES.length;
    if (this.#cells.length < needed) this.#cells = new Int32Array(needed * 2);
    const storm = this.#random.binomial(deal.served, deal.stormShare);
    const errors = this.#random.binomial(deal.served - storm, deal.errorShare);
    this.#spread(deal, deal.served - storm - errors, 0);
    this.#spread(deal, deal.refused, REFUSED);
    this.#spread(deal, deal.forbidden ?? 0, FORBIDDEN);
    for (let i = 0; i < storm; i++) this.#spread(deal, 1, this.#fault(SERVERS_FAULT));
    for (let i = 0; i < errors; i++)
      this.#spread(deal, 1, this.#fault(this.#random.chance(SERVERS_SHARE) ? SERVERS_FAULT : CALLERS_FAULT));
    this.#drain(deal, sink);
  }

  #fault({ first, count }: { readonly first: number; readonly count: number }): number {
    const ending = first + this.#random.below(count);
    // What is listed twice is drawn twice as often, and counted once.
    return STATUSES[ending] === STATUSES[ending - 1] ? ending - 1 : ending;
  }

  #spread({ pool, callers, routes }: Deal, count: number, ending: number): void {
    const kinds = routes.usual.length;
    if (pool.isEven && count > CROWD * callers * kinds) {
      for (let caller = 0, left = count; caller < callers; caller++) {
        const own = this.#random.binomial(left, 1 / (callers - caller));
        left -= own;
        this.#spreadRoutes(routes, caller * kinds, own, ending);
      }
      return;
    }
    for (let i = 0; i < count; i++) {
      const caller = pool.draw(callers);
      this.#add((caller * kinds + drawRoute(routes, this.#random.next())) * STATUSES.length + ending, 1);
    }
  }

  #spreadRoutes({ upTo }: RouteMix, first: number, count: number, ending: number): void {
    let left = count;
    let below = 0;
    for (let route = 0; route < upTo.length && left > 0; route++) {
      const share = ((upTo[route] ?? 1) - below) / (1 - below);
      below = upTo[route] ?? 1;
      const own = route === upTo.length - 1 ? left : this.#random.binomial(left, share);
      left -= own;
      if (own > 0) this.#add((first + route) * STATUSES.length + ending, own);
    }
  }

  #add(cell: number, count: number): void {
    const before = this.#cells[cell] ?? 0;
    if (before === 0) this.#touched.push(cell);
    this.#cells[cell] = before + count;
  }

  #drain({ pool, minute, routes }: Deal, sink: RequestSink): void {
    const kinds = routes.usual.length;
    for (const cell of this.#touched) {
      const place = Math.floor(cell / STATUSES.length);
      const route = routes.usual[place % kinds];
      if (route === undefined) continue;
      const caller = pool.at(Math.floor(place / kinds), minute);
      const status = STATUSES[cell % STATUSES.length] || route.okStatus;
      sink.add(caller, route, status, this.#cells[cell] ?? 0, this.#random.below(route.served.length));
      this.#cells[cell] = 0;
    }
    this.#touched.length = 0;
  }
}

function drawRoute({ upTo }: RouteMix, at: number): number {
  let index = 0;
  while (index < upTo.length - 1 && at >= (upTo[index] ?? 1)) index++;
  return index;
}
