/** critical and error wake a human (a page); warning and info do not (a notice). */
export const SEVERITIES = ["critical", "error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** From harmless to worst. */
export const SEVERITY_RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2, critical: 3 };

/** Whether it wakes a human. */
export function isPage(severity: Severity): boolean {
  return severity === "critical" || severity === "error";
}

const ALERT_ACTIONS = ["trigger", "acknowledge", "resolve"] as const;
/** What an event does to an alert. */
export type AlertAction = (typeof ALERT_ACTIONS)[number];
/** `change` tells of a change of keys: it opens nothing, notifies nobody, and stands beside the incidents of a service. */
export const PAGE_ACTIONS = [...ALERT_ACTIONS, "change"] as const;
export type PageAction = (typeof PAGE_ACTIONS)[number];

/**
 * What an event is to people; `superseded` ends a notification in PagerDuty that a newer one of the same incident replaced, and is no news.
 */
export const NOTIFICATION_KINDS = [
  "opened",
  "reopened",
  "escalated",
  "updated",
  "acknowledged",
  "resolved",
  "superseded",
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/**
 * What a page tells of: an incident about keys, one about Plimsoll itself, many incidents at once, incidents that were over before they could be told, or
 * a change of keys.
 */
export const PAGE_TOPICS = ["incident", "plimsoll", "digest", "late", "change"] as const;
export type PageTopic = (typeof PAGE_TOPICS)[number];

/** One event for PagerDuty as it stands in the outbox: everything but the routing key, which never leaves the environment. */
export interface Page {
  readonly pageId: string;
  readonly topic: PageTopic;
  /** Whether it stands in for one that PagerDuty refused. */
  readonly isMinimal: boolean;
  readonly incidentId: string;
  readonly keyId: string | null;
  readonly action: PageAction;
  /** At most 255 characters; the same for trigger and resolve of one episode, so that repeats are harmless. Null for a change. */
  readonly dedupKey: string | null;
  readonly severity: Severity;
  /** Step in the life of its incident: pages of an incident are sent in this order, one after the other. */
  readonly step: number;
  /** Position among the pages of its step; 0 is the one that begins or ends the incident's newest notification. */
  readonly place: number;
  /** Which integration it goes to: the key's `routing_key_ref`; null for the default. */
  readonly routingRef: string | null;
  /** The composed event as JSON text: an Events API v2 body without `routing_key`, with `notification` and `owners` beside. */
  readonly body: string;
}

/** `dropped`: not sent, because another page says it. */
export const PAGE_STATES = ["pending", "retrying", "sent", "failed", "dropped"] as const;
export type PageState = (typeof PAGE_STATES)[number];

/** A page of the outbox and how far it got; instants are epoch ms. */
export interface OutboxPage extends Page {
  readonly state: PageState;
  readonly createdAt: number;
  /** Tries so far that are to be repeated. */
  readonly attempts: number;
  readonly notBefore: number;
  /** It ends a notification whose successor was refused for good. */
  readonly successorFailed: boolean;
}

/** What an answer of PagerDuty (or its absence) demands: see src/page/pagerduty-pager.ts for the table. */
export type DeliveryVerdict =
  | { readonly kind: "sent"; readonly status: number }
  | { readonly kind: "retry"; readonly status: number; readonly problem: string; readonly retryAfterMs: number | null }
  | { readonly kind: "refused"; readonly status: number; readonly problem: string };
