import { isPage, SEVERITIES, type DeliveryVerdict, type Page, type Severity } from "../model/incident/page.js";
import type { Notification } from "./notification.js";

/** Which events go to a destination; null: no limit. */
export interface DestinationFilter {
  /** Owners of the keys that an event is about. */
  readonly owners: readonly string[] | null;
  readonly severities: readonly Severity[] | null;
  /** Names of PAGERDUTY_ROUTING_KEYS, and `default`. */
  readonly routing: readonly string[] | null;
}

/** Where notifications go beside PagerDuty, under a name of one's own. */
export interface Destination {
  readonly name: string;
  readonly type: string;
  readonly filter: DestinationFilter;
  /** What is odd about its settings, though it may be meant, as sentences with the fix: without any secret. */
  readonly doubts: readonly string[];
  /** The least time (ms) between two messages. */
  readonly paceMs: number;
  /** Sends an event once. Never throws: what failed is in the verdict, without address or secret. */
  readonly send: (notification: Notification, options: SendOptions) => Promise<DeliveryVerdict>;
}

export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Epoch ms, by which it is signed. */
  readonly at: number;
}

/** Destinations by name, as they are now. */
export type Destinations = ReadonlyMap<string, Destination>;

/** The name of the default integration in `routing`. */
export const DEFAULT_ROUTE = "default";

/** Whether everything that wakes somebody goes there. */
export function takesEveryPage({ owners, severities, routing }: DestinationFilter): boolean {
  return (
    owners === null &&
    routing === null &&
    (severities === null || SEVERITIES.filter(isPage).every((one) => severities.includes(one)))
  );
}

/**
 * Whether an event is for a destination. A digest and a list of what was missed are about keys of any owner: they go to those that are limited to owners, too;
 * what is about Plimsoll itself does not.
 */
export function isFor(
  { owners, severities, routing }: DestinationFilter,
  page: Pick<Page, "severity" | "routingRef" | "topic">,
  ownersOfKeys: readonly string[],
): boolean {
  if (severities !== null && !severities.includes(page.severity)) return false;
  if (routing !== null && !routing.includes(page.routingRef ?? DEFAULT_ROUTE)) return false;
  if (owners === null || page.topic === "digest" || page.topic === "late") return true;
  return ownersOfKeys.some((owner) => owners.includes(owner));
}
