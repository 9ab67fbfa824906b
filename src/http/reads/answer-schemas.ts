import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { CAUSES } from "../../model/finding/finding.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { INCIDENT_STATES } from "../../store/view/listings.js";
import { USAGE_PERIODS } from "../../store/view/usage-page.js";

const instant = (what: string) => z.iso.datetime().describe(what);
/** Sums may pass what a number of JavaScript holds exactly; they keep their size. */
const amount = (what: string) => z.number().min(0).describe(what);

const paged = {
  next_cursor: z
    .string()
    .nullable()
    .describe(
      "Where the next page begins, also when nothing is left now: what is recorded later follows it. Null while there is nothing at all.",
    ),
  has_more: z.boolean().describe("Whether more rows are there already."),
};

/** A finding as `GET /v1/findings` gives it: names and values of the view `findings`. */
const findingSchema = z
  .strictObject({
    finding_id: z
      .string()
      .describe("Made from cause, key and tick. A span that is checked again gives it again, as of later."),
    tick: instant("The end of the judged span."),
    as_of: instant("Only what was recorded until then was seen."),
    key_id: z.string().describe("The key; of several the highest-scoring; empty when it is about none."),
    observed_by: z.enum(OBSERVERS).describe("Who saw the requests."),
    cause: z.enum(CAUSES),
    subject: z.string().describe("What it is about, where that is not just the key, as a path; else empty."),
    severity: z.enum(SEVERITIES).describe("critical and error wake a human, warning and info do not."),
    score: z.number().describe("Surprise, in the units of detection thresholds."),
    onset: instant("When it began."),
    summary: z.string().describe("One sentence for people."),
    signals: z
      .array(z.object({ name: z.string(), score: z.number(), summary: z.string() }))
      .describe("Contributing signals."),
    statistics: z
      .record(z.string(), z.unknown())
      .describe("Everything the score was computed from; which that is depends on the cause."),
    recorded_at: instant("When it was written: findings are listed in this order."),
  })
  .meta({ id: "Finding" });

/** The answer of `GET /v1/findings`. */
export const findingsAnswer = z.strictObject({ findings: z.array(findingSchema), ...paged });

/** An incident as `GET /v1/incidents` gives it: names and values of the view `incidents`. */
const incidentSchema = z
  .strictObject({
    incident_id: z.string(),
    key_id: z.string().describe("The key; of several the highest-scoring; empty when it is about none."),
    keys: z.array(z.string()).describe("Affected keys, when it is about several."),
    cause: z.enum(CAUSES),
    subject: z.string().describe("What it is about, where that is not just the key, as a path; else empty."),
    state: z.enum(INCIDENT_STATES),
    severity: z.enum(SEVERITIES).describe("At its worst so far."),
    opened_at: instant("Tick of its first finding."),
    changed_at: instant("Instant of its last transition."),
    reason: z.string().describe("Why its last transition happened."),
    notifications: z.int().min(0).describe("How often on-call was notified."),
    verdict: z.string().describe("leak or benign, as a person recorded; empty until then."),
    transitions: z.int().min(1).describe("How many transitions it has had."),
    recorded_at: instant("When its first transition was written: incidents are listed in this order."),
  })
  .meta({ id: "Incident" });

/** The answer of `GET /v1/incidents`. */
export const incidentsAnswer = z.strictObject({ incidents: z.array(incidentSchema), ...paged });

const usageRowSchema = z
  .strictObject({
    start: instant("Start of the minute, hour or day, UTC."),
    observed_by: z.enum(OBSERVERS).describe("Who saw the requests; never summed together."),
    requests: amount("All requests, refused ones included."),
    errors: amount("Requests with a status of 400 or more."),
    throttled: amount("Requests refused with 429."),
    denied: amount("Requests refused with 401 or 403."),
    bytes: amount("Response bytes."),
    unit_millis: amount("Thousandths of what the provider bills."),
    spend_micros: amount("Millionths of a US dollar."),
  })
  .meta({ id: "Usage" });

/** The answer of `GET /v1/keys/{key_id}/usage`. */
export const usageAnswer = z.strictObject({
  key_id: z.string(),
  per: z.enum(USAGE_PERIODS),
  usage: z.array(usageRowSchema).describe("What was not used has no row."),
  ...paged,
});

export type FindingJson = z.output<typeof findingSchema>;
export type FindingsAnswer = z.output<typeof findingsAnswer>;
export type IncidentsAnswer = z.output<typeof incidentsAnswer>;
export type UsageAnswer = z.output<typeof usageAnswer>;
