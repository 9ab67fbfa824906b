import type { DeliveryVerdict, Page } from "../model/incident/page.js";
import { openPagerDutyPager, type PagerDutyPager, type PagerDutyPagerOptions } from "./pagerduty-pager.js";
import type { Secret } from "../secret.js";

/** Where pages go: the default integration, and others by the name that a key's `routing_key_ref` gives. Asked for each page. */
export interface RoutedPagerOptions extends Omit<PagerDutyPagerOptions, "routingKey"> {
  readonly routingKey: () => Secret | undefined;
  readonly routingKeys: () => ReadonlyMap<string, Secret>;
}

/** Opens a pager that sends each page to its integration, and to the default one where the name is not known. Null when there is none at all. */
export function openRoutedPager(options: RoutedPagerOptions): PagerDutyPager | null {
  const { routingKey, routingKeys, ...rest } = options;
  if (routingKey() === undefined && routingKeys().size === 0) return null;
  // That of a key which was replaced stays for a page under way; it holds idle connections at most.
  const pagers = new Map<Secret, PagerDutyPager>();
  const pagerOf = (key: Secret): PagerDutyPager => {
    const pager = pagers.get(key) ?? openPagerDutyPager({ ...rest, routingKey: key });
    pagers.set(key, pager);
    return pager;
  };
  return {
    send: async (page: Page, signal?: AbortSignal): Promise<DeliveryVerdict> => {
      const own = page.routingRef === null ? undefined : routingKeys().get(page.routingRef);
      const key = own ?? routingKey();
      if (key !== undefined) return pagerOf(key).send(page, signal);
      const problem =
        "there is no routing key for it: set PAGERDUTY_ROUTING_KEY, or its routing_key_ref in PAGERDUTY_ROUTING_KEYS";
      return { kind: "retry", status: 0, problem, retryAfterMs: null };
    },
    close: () => pagers.forEach((pager) => pager.close()),
  };
}
