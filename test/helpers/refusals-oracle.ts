import { perWindow, WINDOW_MINUTES } from "../../src/model/finding/window.js";
import type { TestEvent } from "./random-traffic.js";
import { bySubject, minuteOf, NOWHERE, servedOf } from "./traffic-oracle.js";

const MINUTE = 60_000;

const networkOf = ({ from }: TestEvent) => `in ${(from ?? NOWHERE).net16}`;

/** What every key was refused before a tick on routes that had not served it until then. */
export function refusalsBefore(events: readonly TestEvent[], tick: number): object[] {
  return [...bySubject(events).values()].flatMap((own) => {
    const servedSince = new Map<string, number>();
    for (const event of own) {
      if (!event.isHistory || servedOf(event) === 0) continue;
      for (const place of [event.route, networkOf(event)])
        servedSince.set(place, Math.min(servedSince.get(place) ?? Infinity, minuteOf(event.ts)));
    }
    const isNewTo = (place: string, { ts }: TestEvent) => (servedSince.get(place) ?? Infinity) > minuteOf(ts);
    const refused = own.filter(
      (event) =>
        (event.status === 401 || event.status === 403) &&
        servedOf(event) === 0 &&
        event.ts < tick &&
        isNewTo(event.route, event),
    );
    const within = (w: number) => refused.filter(({ ts }) => ts >= tick - WINDOW_MINUTES[w]! * MINUTE);
    const requests = perWindow((w) => within(w).reduce((sum, { count }) => sum + count, 0));
    const routesOf = (some: readonly TestEvent[]) => new Set(some.map(({ route }) => route)).size;
    const routes = perWindow((w) => routesOf(within(w)));
    const routesOfUnknown = perWindow((w) => routesOf(within(w).filter((event) => isNewTo(networkOf(event), event))));
    const { keyId, observedBy } = own[0]!;
    return requests[3] === 0 ? [] : [{ tick, keyId, observedBy, requests, routes, routesOfUnknown }];
  });
}
