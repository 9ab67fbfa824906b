import { z } from "zod";
import { cleanText } from "../text/clean-text.js";
import { looksVerified, onOneLine } from "../model/incident/person-text.js";

const LONGEST_NOTE = 2000;
const LONGEST_ACTOR = 200;
const LONGEST_URL = 2048;

const reference = z.object({ summary: z.string().optional(), html_url: z.string().optional() });
/** Body of `POST /v1/webhooks/pagerduty`, as far as it is read. */
export const webhookSchema = z.object({
  event: z.object({
    id: z.string().min(1).max(256),
    event_type: z.string().max(256),
    occurred_at: z.string().max(64),
    agent: reference.nullish(),
    data: z.object({
      html_url: z.string().max(LONGEST_URL).nullish(),
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

/** Reads a webhook's body; null when it is none of an incident. */
export function parseWebhook(body: Buffer): PagerDutyWebhook | null {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    return null;
  }
  const parsed = webhookSchema.safeParse(json);
  if (!parsed.success) return null;
  const { id, event_type: type, occurred_at: at, agent, data } = parsed.data.event;
  const occurredAt = Date.parse(at);
  if (Number.isNaN(occurredAt)) return null;
  const assignees = (data.assignees ?? []).map(({ summary }) => summary ?? "").filter((name) => name !== "");
  return {
    eventId: id,
    type,
    occurredAt,
    actor: actorOf(kept(agent?.summary ?? "", LONGEST_ACTOR)),
    dedupKey: data.incident_key ?? "",
    url: kept(data.html_url ?? data.incident?.html_url ?? "", LONGEST_URL),
    note: kept(data.content ?? (type === "incident.reassigned" ? `to ${assignees.join(", ")}` : ""), LONGEST_NOTE),
  };
}

/** Whoever names themselves there as an issuer would is said to be from there. */
function actorOf(name: string): string {
  if (name === "") return "PagerDuty";
  return looksVerified(name) ? `PagerDuty: ${name}` : name;
}

/** On one line, without secrets, at most so many characters. */
function kept(text: string, longest: number): string {
  return cleanText(onOneLine(text), longest).text;
}
