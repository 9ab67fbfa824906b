/**
 * The most that one event may claim, over its whole count: beyond it there are only faults and lies, and below it the sums of any
 * store that could be filled stay exact.
 */
export const EVENT_CAPS = {
  /** A million US dollars. */
  spendMicros: 1_000_000_000_000,
  /** 1 TiB. */
  bytes: 2 ** 40,
  /** A thousand million of what the provider bills. */
  unitMillis: 1_000_000_000_000,
  count: 1_000_000_000,
} as const;

/**
 * Micro-dollars of one request on a route at the registry's prices (US dollars by route), an integer: 0 where none is given, and no more
 * than an event may cost whatever the registry holds.
 */
export function routePrice(prices: Readonly<Record<string, number>> | undefined, route: string): number {
  // A route may be called like what every object has.
  if (prices === undefined || !Object.hasOwn(prices, route)) return 0;
  const micros = Math.round(prices[route]! * 1e6);
  return micros > 0 ? Math.min(micros, EVENT_CAPS.spendMicros) : 0;
}
