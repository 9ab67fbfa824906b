import type { DeliveryVerdict, Page } from "../model/page.js";
import { openPagerDutyPager, type PagerDutyPager, type PagerDutyPagerOptions } from "./pagerduty-pager.js";
import type { Secret } from "../secret.js";

/** Where pages go: the default integration, and others by the name that a key's `routing_key_ref` gives. */
export interface RoutedPagerOptions extends Omit<PagerDutyPagerOptions, "routingKey"> {
  readonly routingKey: Secret | undefined;
  readonly routingKeys: ReadonlyMap<string, Secret>;
}

/** Opens a pager that sends each page to its integration, and to the default one where the name is not known. Null when there is none at all. */
export function openRoutedPager(options: RoutedPagerOptions): PagerDutyPager | null {
  const { routingKey, routingKeys, ...rest } = options;
  const open = (key: Secret) => openPagerDutyPager({ ...rest, routingKey: key });
  const pagers = new Map([...routingKeys].map(([ref, key]) => [ref, open(key)]));
  const fallback = routingKey === undefined ? undefined : open(routingKey);
  if (fallback === undefined && pagers.size === 0) return null;
  return {
    send: async (page: Page, signal?: AbortSignal): Promise<DeliveryVerdict> => {
      const pager = pagers.get(page.routingRef) ?? fallback;
      if (pager !== undefined) return pager.send(page, signal);
      const problem =
        "there is no routing key for it: set PAGERDUTY_ROUTING_KEY, or its routing_key_ref in PAGERDUTY_ROUTING_KEYS";
      return { kind: "retry", status: 0, problem, retryAfterMs: null };
    },
    close: () => [...pagers.values(), fallback].forEach((pager) => pager?.close()),
  };
}
