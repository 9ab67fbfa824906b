import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { CONTAINMENT_ACTIONS, type ContainmentCall } from "../model/incident/containment.js";
import { Secret } from "../secret.js";
import { defineTarget } from "./define-target.js";
import { address, secret } from "./target-fields.js";

/** Bytes of a signing secret: what Standard Webhooks asks for. */
const [LEAST_BYTES, MOST_BYTES] = [24, 64];
const FORM = `must be whsec_ and the base64 of ${LEAST_BYTES} to ${MOST_BYTES} random bytes: echo whsec_$(openssl rand -base64 32)`;

/** What webhooks are signed with. */
export const signingSecret = secret.refine(canSign, FORM);

/**
 * Whatever takes a webhook, signed after Standard Webhooks.
 *
 * | here | there |
 * | --- | --- |
 * | callId | header `webhook-id`, made of it: the same on each try, by which a receiver knows a repeat |
 * | the try's instant | header `webhook-timestamp`, seconds; receivers refuse what is more than five minutes off |
 * | secret | header `webhook-signature`: `v1,` and HMAC-SHA-256 of `id.timestamp.body`, base64 |
 * | effect | `type`: `key.contain` or `key.release` |
 * | the rest | `data`, the same bytes on each try |
 */
export const webhook = defineTarget({
  type: "webhook",
  actions: CONTAINMENT_ACTIONS,
  settings: z.strictObject({ url: address, secret: signingSecret }),
  requests: ({ call }, { url }) => [
    {
      method: "POST",
      url,
      headers: { "content-type": "application/json", "webhook-id": webhookIdOf(call) },
      body: bodyOf(call),
    },
  ],
  authorize: ({ body }, { call }, settings, at) => ({
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(settings.secret.reveal()).sign(webhookIdOf(call), new Date(at), body ?? ""),
  }),
  secrets: ({ secret: whole, url }) => [url, whole, new Secret(whole.reveal().replace(/^whsec_/, ""))],
});

function canSign(given: Secret): boolean {
  const [, base64 = ""] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(given.reveal()) ?? [];
  const bytes = Buffer.from(base64, "base64").length;
  return bytes >= LEAST_BYTES && bytes <= MOST_BYTES;
}

/** Ids of keys may hold a dot, which what is signed is joined with. */
function webhookIdOf({ callId }: ContainmentCall): string {
  return `plimsoll_${createHash("sha256").update(callId).digest("hex").slice(0, 40)}`;
}

function bodyOf(call: ContainmentCall): string {
  return JSON.stringify({
    type: call.effect === "apply" ? "key.contain" : "key.release",
    timestamp: new Date(call.at).toISOString(),
    data: {
      containment_id: call.containmentId,
      incident_id: call.incidentId,
      key_id: call.keyId,
      key_ref: call.guardRef,
      action: call.action,
      networks: call.networks,
      limit_per_minute: call.limitPerMinute,
      expires_at: new Date(call.until).toISOString(),
      // Of two calls about one containment the one with the higher number holds, in whatever order they arrive.
      sequence: call.step,
    },
  });
}
