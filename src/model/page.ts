/** critical and error wake a human (a page); warning and info do not (a notice). */
export type Severity = "critical" | "error" | "warning" | "info";

export type PageAction = "trigger" | "acknowledge" | "resolve";

/** One event for PagerDuty as it stands in the outbox: everything but the routing key, which never leaves the environment. */
export interface Page {
  readonly pageId: string;
  readonly incidentId: string;
  readonly keyId: string;
  readonly action: PageAction;
  /** At most 255 characters; the same for trigger and resolve of one episode, so that repeats are harmless. */
  readonly dedupKey: string;
  readonly severity: Severity;
  /** Events API v2 body without `routing_key`, as JSON text. */
  readonly body: string;
}

/** What an answer of PagerDuty (or its absence) demands: see src/page/pagerduty-pager.ts for the table. */
export type DeliveryVerdict =
  | { readonly kind: "sent"; readonly status: number }
  | { readonly kind: "retry"; readonly status: number; readonly problem: string; readonly retryAfterMs: number | null }
  | { readonly kind: "refused"; readonly status: number; readonly problem: string };
