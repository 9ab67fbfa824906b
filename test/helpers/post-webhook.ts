import { createHmac } from "node:crypto";

/** What a webhook says; the rest is usual. */
export interface WebhookRequest {
  readonly secret: string;
  /** Without `incident.` before it. */
  readonly type?: string;
  readonly id?: string;
  readonly at?: number;
  readonly data?: object;
}

/** Posts a webhook as PagerDuty (V3) does, signed by two secrets of which the first is nobody's: status, and what was done or ignored. */
export async function postWebhook(
  url: string,
  dedupKey: string,
  wish: WebhookRequest,
): Promise<[number, string | undefined]> {
  const { type = "acknowledged", id = `event-${Math.random()}`, at = Date.now(), secret, data = {} } = wish;
  const event = {
    id,
    event_type: `incident.${type}`,
    resource_type: "incident",
    occurred_at: new Date(at).toISOString(),
    agent: { summary: "Ana On-Call", type: "user_reference" },
    data: { type: "incident", html_url: "https://acme.pagerduty.com/incidents/P1", incident_key: dedupKey, ...data },
  };
  const body = JSON.stringify({ event });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const answer = await fetch(`${url}/v1/webhooks/pagerduty`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-pagerduty-signature": `v1=${"0".repeat(64)},v1=${signature}` },
    body,
  });
  return [answer.status, Object.values((await answer.json()) as Record<string, string>)[0]];
}
