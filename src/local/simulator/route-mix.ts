import type { Random } from "./random.js";
import { services, type Route, type Service } from "./services.js";

/** What a key's holders call, and how often each. */
export interface RouteMix {
  readonly service: Service;
  /** Routes in use, the most frequent first. */
  readonly usual: readonly Route[];
  /** Share of requests up to and including the route of the same index; the last is 1. */
  readonly upTo: readonly number[];
}

/** Share of keys whose requests cost money one by one. */
const PRICED_SHARE = 0.7;

/** Draws a service and the two to four of its routes that a holder uses; its costliest ones mostly stay unused. */
export function drawRoutes(random: Random, serviceName?: string): RouteMix {
  const wanted = random.chance(PRICED_SHARE);
  const fitting = services.filter(({ routes }) => routes.some(({ priceUsd }) => priceUsd > 0) === wanted);
  const service = services.find(({ name }) => name === serviceName) ?? random.pick(fitting);
  const usual = service.routes.slice(0, random.whole(2, Math.max(2, service.routes.length - 2)));
  return mixOf(
    service,
    usual,
    usual.map((_, index) => random.between(0.5, 1) / (index + 1) ** 1.6),
  );
}

/** A mix of routes in proportion to weights. */
export function mixOf(service: Service, usual: readonly Route[], weights: readonly number[]): RouteMix {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return { service, usual, upTo: weights.map((weight) => (sum += weight / total)) };
}

/** The mix with a share of all requests on the first route that the holders do not use, or their last: where a new feature would go. */
export function withNewRoute(mix: RouteMix, share: number): RouteMix {
  const next = mix.service.routes.find((route) => !mix.usual.includes(route));
  if (next === undefined) return mix;
  return {
    service: mix.service,
    usual: [...mix.usual, next],
    upTo: [...mix.upTo.map((upTo) => upTo * (1 - share)), 1],
  };
}

/** The route that costs most, in money or else in bytes: what an attacker is after. */
export function costliestRoute(mix: RouteMix): Route {
  const routes = mix.service.routes;
  return routes.reduce((best, route) => (route.priceUsd > best.priceUsd ? route : best), routes.at(-1) as Route);
}

/** Whether the holders' requests cost money, as a rule or at times. */
export function isPriced({ usual }: RouteMix): boolean {
  return usual.some(({ priceUsd }) => priceUsd > 0);
}

/** The routes of the service that cost nothing, the everyday ones first; null when all of them cost. */
export function unpricedMix({ service }: RouteMix): RouteMix | null {
  const free = service.routes.filter(({ priceUsd }) => priceUsd === 0);
  const weights = free.map((_, index) => 1 / (index + 1));
  return free.length === 0 ? null : mixOf(service, free, weights);
}
