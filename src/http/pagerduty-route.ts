import type { IncidentAction } from "../model/incident/incident.js";
import { actOnIncident } from "../pipeline/incident/act-on-incident.js";
import type { AdvanceDeps } from "../pipeline/incident/record-step.js";
import { parseWebhook, type PagerDutyWebhook } from "./pagerduty-webhook.js";
import type { Routes } from "./server.js";
import { takeSmallBodies } from "./small-bodies.js";
import { isSigned, signaturesIn } from "./verify-signature.js";

export interface PagerDutyRouteDeps {
  readonly advance: AdvanceDeps;
  /** Secrets of the webhook subscriptions, asked on each request; none: there is no such path. */
  readonly secrets: () => readonly string[];
  readonly now: () => number;
}

/** PagerDuty drops what is larger. */
const BODY_LIMIT = 256 * 1024;
const BUDGET_BYTES = 16 * BODY_LIMIT;
const SIGNATURE = "x-pagerduty-signature";
const BAD_SIGNATURE = "invalid signature";
/** PagerDuty tries for about twenty minutes; the signature holds no time, so that an older one is somebody's recording. */
const OLDEST_MS = 3_600_000;

const ACTS: Readonly<Record<string, IncidentAction>> = {
  "incident.acknowledged": "acknowledge",
  "incident.unacknowledged": "unacknowledge",
  "incident.resolved": "resolve",
  "incident.reopened": "reopen",
  "incident.annotated": "note",
  "incident.reassigned": "reassign",
  "incident.delegated": "reassign",
  "incident.triggered": "link",
};
/** What is meant of one notification alone: of a former one it says nothing about the incident. */
const OF_NOTIFICATION: ReadonlySet<IncidentAction> = new Set<IncidentAction>([
  "acknowledge",
  "unacknowledge",
  "resolve",
  "reopen",
]);

/**
 * `POST /v1/webhooks/pagerduty`: what people do in PagerDuty is done here too. 202 for everything that is signed, also for what
 * changes nothing, since PagerDuty takes a refusal for a broken receiver; 401 without a good signature, before a byte is read where the header
 * does not even hold one; 503 to be sent again.
 */
export function pagerDutyRoute({ advance, secrets, now }: PagerDutyRouteDeps): Routes {
  return async (server) => {
    takeSmallBodies(server, { limitBytes: BODY_LIMIT, budgetBytes: BUDGET_BYTES, sourceOf: () => "pagerduty" });
    server.addHook("onRequest", async (request, reply) => {
      if (secrets().length === 0) return reply.code(404).send({ error: "PAGERDUTY_WEBHOOK_SECRET is not set" });
      if (signaturesIn(request.headers[SIGNATURE]).length === 0) return reply.code(401).send({ error: BAD_SIGNATURE });
    });
    server.post("/v1/webhooks/pagerduty", async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isSigned(body, signaturesIn(request.headers[SIGNATURE]), secrets())) {
        return reply.code(401).send({ error: BAD_SIGNATURE });
      }
      const webhook = parseWebhook(body);
      if (webhook === null) return reply.code(202).send({ ignored: "not about an incident" });
      try {
        return await reply.code(202).send(await take(advance, webhook, now()));
      } catch (error) {
        request.log.error({ err: error }, "a webhook could not be processed");
        return reply.code(503).header("retry-after", "30").send({ error: "try again" });
      }
    });
  };
}

async function take(
  advance: AdvanceDeps,
  webhook: PagerDutyWebhook,
  now: number,
): Promise<{ readonly done: string } | { readonly ignored: string }> {
  const act = ACTS[webhook.type];
  if (act === undefined) return { ignored: "ignored event type" };
  if (now - webhook.occurredAt > OLDEST_MS) return { ignored: "too old" };
  const found = await advance.store.incident.readIncidentOfPage(webhook.dedupKey, webhook.url);
  if (found === null) return { ignored: "not an incident of ours" };
  if (OF_NOTIFICATION.has(act) && !found.isOfNewest) return { ignored: "about an earlier notification" };
  const person = {
    actor: webhook.actor,
    note: webhook.note,
    verdict: null,
    eventId: webhook.eventId,
    url: webhook.url || null,
  } as const;
  const outcome = await actOnIncident(advance, found.incidentId, act, person, Math.min(webhook.occurredAt, now));
  return outcome === "done" ? { done: act } : { ignored: outcome };
}
