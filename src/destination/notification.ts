import { z } from "zod";
import { NOTIFICATION_KINDS, type NotificationKind, type Page } from "../model/incident/page.js";

/** A composed event as destinations render it: what PagerDuty shows, and what it is to people. */
export interface Notification {
  /** `incident.triggered` and the like: see docs/destinations.md. */
  readonly type: string;
  readonly kind: NotificationKind;
  readonly page: Omit<Page, "body">;
  /** Epoch ms of what it tells of. */
  readonly at: number;
  readonly summary: string;
  readonly source: string;
  readonly service: string;
  readonly environment: string;
  readonly cause: string;
  readonly owners: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

const text = z.string().catch("");
const payloadOf = z
  .object({
    summary: text,
    source: text,
    timestamp: text,
    component: text,
    group: text,
    class: text,
    custom_details: z.record(z.string(), z.unknown()).catch({}),
  })
  .catch({ summary: "", source: "", timestamp: "", component: "", group: "", class: "", custom_details: {} });
const composed = z.object({
  payload: payloadOf,
  links: z.array(z.object({ href: z.string(), text })).catch([]),
  notification: z.enum(NOTIFICATION_KINDS).optional().catch(undefined),
  owners: z.array(z.string()).catch([]),
});

/** What events of an incident are called; those about many incidents or a change of keys have names of their own. */
const TYPES: Readonly<Record<NotificationKind, string>> = {
  opened: "triggered",
  reopened: "triggered",
  escalated: "escalated",
  updated: "updated",
  acknowledged: "acknowledged",
  resolved: "resolved",
  superseded: "superseded",
};

/** Reads the composed event of a page; what is not in it is empty, for it must go out all the same. */
export function readNotification({ body, ...page }: Page): Notification {
  const { payload, links, notification, owners } = composed.parse(jsonOf(body));
  const kind = notification ?? kindOf(page.action);
  return {
    type: typeOf(page, kind),
    kind,
    page,
    at: Date.parse(payload.timestamp) || 0,
    summary: payload.summary || page.incidentId,
    source: payload.source,
    service: payload.component,
    environment: payload.group,
    cause: payload.class,
    owners,
    details: payload.custom_details,
    links,
  };
}

function jsonOf(body: string): object {
  try {
    return Object(JSON.parse(body)) as object;
  } catch {
    return {};
  }
}

function kindOf(action: Page["action"]): NotificationKind {
  if (action === "resolve") return "resolved";
  return action === "acknowledge" ? "acknowledged" : "opened";
}

function typeOf({ topic }: Pick<Page, "topic">, kind: NotificationKind): string {
  if (topic === "change") return "key.changed";
  if (topic === "late") return "incidents.missed";
  return `${topic === "digest" ? "digest" : "incident"}.${TYPES[kind]}`;
}
