import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import type { Page } from "../model/incident/page.js";
import type { Secret } from "../secret.js";
import type { Notification } from "./notification.js";
import { DEFAULT_ROUTE } from "./destination.js";

/** Known by receivers on each try: a repeat has the same. Ids of pages may hold a dot, which what is signed is joined with. */
export function webhookIdOf({ pageId }: Pick<Page, "pageId">, destination: string): string {
  return `plimsoll_${createHash("sha256").update(`${pageId}\n${destination}`).digest("hex").slice(0, 40)}`;
}

/**
 * The body of a webhook, the same bytes on each try.
 *
 * | here | there |
 * | --- | --- |
 * | `notification.type` | `type` |
 * | when what it tells of happened | `timestamp` |
 * | the composed event | `data`: see docs/destinations.md |
 */
export function webhookBody(notification: Notification): string {
  const { type, kind, page, at, details, links } = notification;
  return JSON.stringify({
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      incident_id: page.incidentId,
      key_id: page.keyId,
      topic: page.topic,
      notification: kind,
      // Of two events of an incident the one with the higher number is the newer.
      sequence: page.step,
      severity: page.severity,
      summary: notification.summary,
      source: notification.source,
      cause: notification.cause,
      service: notification.service,
      environment: notification.environment,
      owners: notification.owners,
      routing: page.routingRef ?? DEFAULT_ROUTE,
      dedup_key: page.dedupKey,
      details,
      links: links.map(({ href, text }) => ({ href, text: text || href })),
    },
  });
}

/** The headers that name and sign a body at an instant (epoch ms), after Standard Webhooks. */
export function signatureHeaders(
  id: string,
  body: string,
  secret: Secret,
  at: number,
): Readonly<Record<string, string>> {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret.reveal()).sign(id, new Date(at), body),
  };
}
