import { eventsRoutes, type EventsRouteDeps } from "./events-route.js";
import { keysRoute, type KeysRouteDeps } from "./keys-route.js";
import { leaksRoute, type LeaksRouteDeps } from "./leaks-route.js";
import { openApiRoute } from "./openapi/openapi-route.js";
import { pagerDutyRoute, type PagerDutyRouteDeps } from "./pagerduty-route.js";
import { readsRoute } from "./reads/reads-route.js";
import type { Routes } from "./server.js";

export interface ApiDeps {
  readonly events: EventsRouteDeps;
  readonly pagerDuty: PagerDutyRouteDeps;
  readonly leaks: LeaksRouteDeps;
  readonly keys: KeysRouteDeps;
}

/** Every route of `/v1`; each is described in the OpenAPI document, which a test holds against this list. */
export function apiRoutes({ events, pagerDuty, leaks, keys }: ApiDeps): Routes[] {
  return [
    ...eventsRoutes(events),
    pagerDutyRoute(pagerDuty),
    leaksRoute(leaks),
    keysRoute(keys),
    readsRoute(keys),
    openApiRoute(),
  ];
}
