import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { LEAK_REPORT_FORMS } from "../../model/key/leak-report.js";
import { webhookSchema } from "../pagerduty-webhook.js";
import { DENIED, failure, json, retryLater, type Operation } from "./operation.js";

const instant = z.iso.datetime();
const oneOrMore = (schema: z.ZodType) => [schema, z.array(schema)] as const;

/** What our own people are answered about a token that was found in public. @public for the test that holds answers against it */
export const leakAnswer = z.object({
  known: z.boolean(),
  live: z.boolean(),
  state: z.enum(["live", "revoked", "unregistered", "unknown"]),
  key_id: z.string().optional(),
  display: z.string().optional(),
  owner: z.string().optional(),
  public_since: instant.nullable().describe("Null where the report does not say."),
  used_since_public: z.boolean().nullable(),
  counted_since: instant,
  used: z.array(
    z.object({
      observed_by: z.enum(OBSERVERS),
      requests: z.number(),
      refused: z.number(),
      cost_usd: z.number(),
      addresses: z.number(),
      last_at: instant,
    }),
  ),
  by: z.array(
    z.object({
      address: z.string(),
      asn: z.number(),
      network_type: z.string(),
      requests: z.number(),
      cost_usd: z.number(),
      user_agents: z.array(z.string()),
      first_at: instant,
    }),
  ),
  paged: z.boolean(),
});
const githubAnswer = z.object({
  token_hash: z.string().describe("SHA-256 of the token in base64."),
  token_type: z.string(),
  label: z.enum(["true_positive", "false_positive"]),
});

/** What others report. */
export const reportOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/leaks",
    id: "reportLeaks",
    summary: "Tokens that were found in public: from GitHub under its signature, or plain with an admin token",
    access: ["adminToken", "githubSignature"],
    body: json(z.union([...oneOrMore(LEAK_REPORT_FORMS.plain), ...oneOrMore(LEAK_REPORT_FORMS.github)])),
    answers: {
      200: {
        description: "What is known of each: more with an admin token than for GitHub.",
        content: json(z.union([...oneOrMore(leakAnswer), ...oneOrMore(githubAnswer)])),
      },
      ...DENIED,
      400: failure("No report was accepted: errors says why."),
      413: failure("The body is too large."),
      503: retryLater("The reports could not be processed."),
    },
  },
  {
    method: "post",
    path: "/v1/webhooks/pagerduty",
    id: "receivePagerDuty",
    summary: "What people do in PagerDuty is done here too",
    access: ["pagerDutySignature"],
    body: json(webhookSchema),
    answers: {
      202: {
        description: "What was done, or why it was ignored.",
        content: json(z.union([z.object({ done: z.string() }), z.object({ ignored: z.string() })])),
      },
      401: failure("Invalid signature."),
      404: failure("PAGERDUTY_WEBHOOK_SECRET is not set."),
      413: failure("The body is too large."),
      503: retryLater("It could not be processed."),
    },
  },
];
