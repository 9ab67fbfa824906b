import { beginOf, endOf, isVisit, type Disturbance, type Visit } from "./disturbances.js";
import { withNewRoute, type RouteMix } from "./route-mix.js";

/** What a key's disturbances make of its minutes from now until `until`: requests = usual * load + extra. */
export interface Circumstances {
  readonly until: number;
  readonly load: number;
  readonly extraPerMinute: number;
  /** Share of requests that fail on top of the key's usual errors. */
  readonly stormShare: number;
  /** How many times the usual number of people come. */
  readonly widen: number;
  readonly routes: RouteMix;
  readonly visits: readonly Visit[];
}

const RETRY_ERROR_SHARE = 0.55;

/** The circumstances of a key, minute after minute; disturbances that overlap multiply. */
export class Timeline {
  readonly #disturbances: readonly Disturbance[];
  readonly #routes: RouteMix;
  readonly #changes: readonly number[];
  #now: Circumstances;

  constructor(disturbances: readonly Disturbance[], routes: RouteMix) {
    this.#disturbances = disturbances;
    this.#routes = routes;
    this.#changes = disturbances.flatMap((one) => [one.from, one.to, endOf(one)]).sort((a, b) => a - b);
    this.#now = this.#circumstances(-Infinity);
  }

  /** Minutes have to be asked for in order; between two changes the same object comes back. */
  at(minute: number): Circumstances {
    if (minute >= this.#now.until) this.#now = this.#circumstances(minute);
    return this.#now;
  }

  #circumstances(minute: number): Circumstances {
    const until = this.#changes.find((change) => change > minute) ?? Infinity;
    const present = this.#disturbances.filter((one) => minute >= beginOf(one) && minute < endOf(one));
    const now = { until, load: 1, extraPerMinute: 0, stormShare: 0, widen: 1, newRouteShare: 0 };
    for (const disturbance of present) disturb(now, disturbance, minute);
    const routes = now.newRouteShare > 0 ? withNewRoute(this.#routes, now.newRouteShare) : this.#routes;
    return { ...now, routes, visits: present.filter(isVisit) };
  }
}

function disturb(
  now: { load: number; extraPerMinute: number; stormShare: number; widen: number; newRouteShare: number },
  disturbance: Disturbance,
  minute: number,
): void {
  switch (disturbance.kind) {
    case "outage":
      now.load *= minute < disturbance.to ? 0 : disturbance.load;
      return;
    case "campaign":
      now.load *= disturbance.load;
      now.widen *= disturbance.load;
      return;
    case "retry_storm":
      now.load *= disturbance.load;
      now.stormShare = RETRY_ERROR_SHARE;
      return;
    case "step_up":
      now.load *= disturbance.load;
      if (disturbance.onNewRoute) now.newRouteShare = 1 - 1 / disturbance.load;
      return;
    case "step_down":
    case "holiday":
      now.load *= disturbance.load;
      return;
    case "batch":
      now.extraPerMinute += disturbance.requestsPerMinute;
      return;
    // These change who calls, not how much is called.
    case "deploy":
    case "migration":
    case "developer":
    case "monitor":
    case "new_consumer":
    case "unready_release":
    case "access_test":
    case "script":
    case "added_client":
  }
}
