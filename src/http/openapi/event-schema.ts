import { z } from "zod";
import { EVENT_CAPS } from "../../model/event/event-limits.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { LONGEST_BUCKET_MINUTES } from "../../model/event/spread-bucket.js";
import { KEY_ID_CAP, TEXT_CAPS } from "../../text/text-caps.js";

const text = (what: string) => z.string().nullish().describe(what);
const cut = (most: number, what: string) => text(`${what} Cut at ${most} characters.`);
/** Numbers in quotation marks are read too. */
const number = (most: number, what: string) =>
  z
    .union([z.number().min(0).max(most), z.string()])
    .nullish()
    .describe(what);
const whole = (least: number, most: number, what: string) => number(most, what).describe(`${what} At least ${least}.`);

/**
 * An event as a sender writes it. Ingest reads events without a schema, which is faster: what it takes is written down here once more, and a test
 * holds the names against those that it reads.
 */
export const eventSchema = z
  .looseObject({
    ts: z
      .union([z.iso.datetime({ offset: true }), z.number()])
      .describe("When it was served; a number is epoch milliseconds."),
    key_id: z.string().min(1).max(KEY_ID_CAP).optional().describe("Public id of the key. This or key is required."),
    key: z
      .string()
      .min(8)
      .max(512)
      .optional()
      .describe("The raw key, which is turned into a fingerprint and kept nowhere."),
    id: z.string().min(1).max(TEXT_CAPS.id).nullish().describe("The sender's id of the request."),
    source_ip: text("The client's address, IPv4 or IPv6."),
    method: cut(TEXT_CAPS.method, "HTTP method."),
    route: cut(TEXT_CAPS.route, "Template of the route; what follows a ? is dropped."),
    status: whole(0, 599, "HTTP status; 200 when left out."),
    latency_ms: number(1e12, "Milliseconds."),
    bytes: whole(0, EVENT_CAPS.bytes, "Response bytes."),
    cost_usd: number(EVENT_CAPS.spendMicros / 1e6, "US dollars; by the registry's prices when left out."),
    units: number(EVENT_CAPS.unitMillis / 1000, "What the provider bills."),
    count: whole(
      0,
      EVENT_CAPS.count,
      "How many identical requests this stands for; 1 when left out. 0 only with observed_by caller: none was made in that minute.",
    ),
    bucket_minutes: whole(1, LONGEST_BUCKET_MINUTES, "Minutes before ts that it adds up."),
    observed_by: z.enum(OBSERVERS).nullish().describe("Who saw the request; gateway when left out."),
    scope: cut(TEXT_CAPS.scope, "The permission that was used."),
    user_agent: cut(TEXT_CAPS.user_agent, "User agent."),
    tls_fingerprint: cut(TEXT_CAPS.tls_fingerprint, "JA4 or the like."),
    principal: text("The lasting identity behind a short-lived key."),
    parent_key_id: text("The key that minted this one."),
    region: cut(TEXT_CAPS.region, "A label."),
    service: cut(TEXT_CAPS.service, "A label."),
  })
  .describe("A request. Unknown fields are ignored.");
