import { z } from "zod";
import { CAUSES } from "../../model/finding/finding.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { isOfKnownYears, OF_KNOWN_YEARS } from "../../model/parse-instant.js";
import { INCIDENT_STATES } from "../../store/view/listings.js";
import { USAGE_PERIODS } from "../../store/view/usage-page.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";

const USUAL_LIMIT = 100;
const MOST_LIMIT = 1000;
const LONGEST_CURSOR = 2048;

const instant = (what: string) =>
  z.iso
    .datetime({ offset: true, error: "must be an instant like 2026-03-08T02:11:00Z; write the + of an offset as %2B" })
    .refine((text) => isOfKnownYears(Date.parse(text)), OF_KNOWN_YEARS)
    .optional()
    .describe(what);

/** Some of the names, `a,b`: given twice it is refused, as every parameter is. */
const someOf = <const Name extends string>(names: readonly Name[], what: string) =>
  z
    .preprocess(
      (given) => (typeof given === "string" ? given.split(",") : given === undefined ? undefined : null),
      z.array(z.enum(names, `must be one or more of ${names.join(", ")}`)).optional(),
    )
    .describe(what);

const oneOf = <const Name extends string>(names: readonly Name[], usual: NoInfer<Name>, what: string) =>
  z
    .enum(names, `must be one of ${names.join(", ")}`)
    .default(usual as z.core.util.NoUndefined<Name>)
    .describe(what);

const page = {
  limit: z
    .preprocess(
      // What a number may be written as in programs, such as 1e2 or 0x10, is none here.
      (given) => (typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given),
      z
        .int(`must be a whole number from 1 to ${MOST_LIMIT}`)
        .min(1, "must be at least 1")
        .max(MOST_LIMIT, `must be at most ${MOST_LIMIT}: take the rest by next_cursor`)
        .default(USUAL_LIMIT),
    )
    .describe("At most so many rows."),
  cursor: z
    .string("must be given once")
    .max(LONGEST_CURSOR, "is not a cursor of this listing")
    .optional()
    .describe("`next_cursor` of an answer: what comes after it, under the same filters; empty is the beginning."),
};

const common = {
  ...page,
  key: z
    .string("must be given once")
    .min(1, "must not be empty; leave it out for all keys")
    .max(KEY_ID_CAP, `must be at most ${KEY_ID_CAP} characters`)
    .optional()
    .describe("Public id of a key: by whatever ids it was known."),
  cause: someOf(CAUSES, "Of these causes alone."),
  severity: someOf(SEVERITIES, "Of these severities alone: critical and error page, warning and info do not."),
};

/** Parameters of `GET /v1/findings`. */
export const findingsQuery = z.strictObject({
  ...common,
  since: instant("Whose tick is at this instant or later."),
  until: instant("Whose tick is before this instant."),
  format: oneOf(["json", "ocsf"], "json", "ocsf: OCSF Detection Findings, one a line."),
});

/** Parameters of `GET /v1/incidents`. */
export const incidentsQuery = z.strictObject({
  ...common,
  since: instant("Opened at this instant or later."),
  until: instant("Opened before this instant."),
  state: someOf(INCIDENT_STATES, "In these states alone: quiet is open, but nothing was found for an hour."),
});

/** Parameters of `GET /v1/keys/{key_id}/usage`. */
export const usageQuery = z.strictObject({
  ...page,
  per: oneOf(USAGE_PERIODS, "hour", "What a row sums up, in UTC."),
  since: instant("Starts at this instant or later."),
  until: instant("Starts before this instant."),
});
