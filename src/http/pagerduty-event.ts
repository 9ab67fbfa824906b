import { z } from "zod";

const reference = z.object({ summary: z.string().optional(), html_url: z.string().optional() });
const webhook = z.object({
  event: z.object({
    id: z.string().min(1).max(256),
    event_type: z.string().max(256),
    occurred_at: z.string(),
    agent: reference.nullish(),
    data: z.object({
      html_url: z.string().max(2048).nullish(),
      incident_key: z.string().max(512).nullish(),
      assignees: z.array(reference).nullish(),
      content: z.string().nullish(),
      incident: reference.nullish(),
    }),
  }),
});

/** What a webhook of PagerDuty (V3) tells of an incident. */
export interface PagerDutyWebhook {
  readonly eventId: string;
  /** Such as `incident.acknowledged`. */
  readonly type: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  /** Who did it, by name. */
  readonly actor: string;
  /** The dedup key of the alert, or "". */
  readonly dedupKey: string;
  /** Address of the incident in PagerDuty, or "". */
  readonly url: string;
  /** A note's text, or the names of those it was assigned to. */
  readonly note: string;
}

const LONGEST_NOTE = 2000;

/** Reads a webhook's body; null when it is none of an incident. */
export function parseWebhook(body: Buffer): PagerDutyWebhook | null {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  const parsed = webhook.safeParse(json);
  if (!parsed.success) return null;
  const { id, event_type: type, occurred_at: at, agent, data } = parsed.data.event;
  const occurredAt = Date.parse(at);
  if (Number.isNaN(occurredAt)) return null;
  const assignees = (data.assignees ?? []).map(({ summary }) => summary ?? "").filter((name) => name !== "");
  return {
    eventId: id,
    type,
    occurredAt,
    actor: (agent?.summary ?? "PagerDuty").slice(0, 200),
    dedupKey: data.incident_key ?? "",
    url: data.html_url ?? data.incident?.html_url ?? "",
    note: (data.content ?? (type === "incident.reassigned" ? `to ${assignees.join(", ")}` : "")).slice(0, LONGEST_NOTE),
  };
}
