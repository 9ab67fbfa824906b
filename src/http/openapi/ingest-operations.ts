import { z } from "zod";
import { FORMAT_NAMES } from "../../import/read-as.js";
import { eventSchema } from "./event-schema.js";
import { DENIED, failure, json, retryLater, type Answer, type Operation } from "./operation.js";

const format = (what: string) => z.enum(FORMAT_NAMES as [string, ...string[]]).describe(what);
const reading = {
  key_from: z.string().optional().describe("user, ip or header:<name>: what names the key in an access log."),
  trusted_proxies: z.string().optional().describe("Networks of your own proxies, such as 10.0.0.0/8,2001:db8::/32."),
};
const anything = z.unknown().describe("A log of the format.");

/** What ingest took of a body. @public for the test that holds answers against it */
export const receiptSchema = z
  .strictObject({
    accepted: z.int().min(0),
    rejected: z.int().min(0),
    errors: z.array(z.object({ line: z.int(), reason: z.string() })).describe("The first 20 rejected."),
    batch: z.string(),
    repeated: z.boolean().describe("Whether this body had been counted before."),
    repeated_events: z.int().optional().describe("Events whose id had been counted before."),
    warnings: z.array(z.object({ warning: z.string(), events: z.int(), message: z.string() })),
  })
  .meta({ id: "Receipt" });

const NOT_TAKEN = {
  ...DENIED,
  408: failure("The body arrived too slowly."),
  413: failure("Too large, or too many events."),
  415: failure("This type or encoding is not taken."),
  429: retryLater("The token's quota is used up, or the queue is full: nothing was taken."),
  503: retryLater("The queue is unreachable: nothing was taken."),
};

/** Some senders want the text of a failure in a form of their own. */
const inForm = (schema: z.ZodType): Readonly<Record<number, Answer>> =>
  Object.fromEntries(
    Object.entries({ 400: failure("Nothing of the body was acceptable."), ...NOT_TAKEN }).map(([status, answer]) => [
      status,
      { ...answer, content: json(schema) },
    ]),
  );

const otlpFailure = z.object({ code: z.int(), message: z.string() });
const otlp = (signal: "traces" | "logs", rejected: string): Operation => ({
  method: "post",
  path: `/v1/otlp/v1/${signal}`,
  id: `sendOtlp${signal === "traces" ? "Traces" : "Logs"}`,
  summary: `OTLP/HTTP ${signal} in JSON`,
  access: ["ingestToken", "adminToken"],
  ...(signal === "logs"
    ? {
        query: z.strictObject({ format: format("The format of the lines in the log records.").optional(), ...reading }),
      }
    : {}),
  body: json(z.looseObject({}).describe(`ExportRequest of ${signal}, in the JSON encoding of OTLP.`)),
  answers: {
    200: {
      description: "Durable; partialSuccess says what was rejected.",
      content: json(
        z.object({
          partialSuccess: z.object({ [rejected]: z.string(), errorMessage: z.string() }).optional(),
        }),
      ),
    },
    ...inForm(otlpFailure),
  },
});

const firehoseAnswer = z.object({ requestId: z.string(), timestamp: z.number(), errorMessage: z.string().optional() });

/** The ways in for events. */
export const ingestOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/events",
    id: "sendEvents",
    summary: "Requests that keys were used for; an admin token sends history. An empty body is a heartbeat.",
    access: ["ingestToken", "adminToken"],
    query: z.strictObject({
      format: format("The format of the log in the body; events when left out.").optional(),
      ...reading,
    }),
    body: {
      "application/x-ndjson": eventSchema,
      "application/json": z.union([eventSchema, z.array(eventSchema)]),
      "*/*": anything,
    },
    answers: {
      202: { description: "Durable.", content: json(receiptSchema) },
      400: failure("No event was acceptable, or format is wrong."),
      ...NOT_TAKEN,
      422: failure("This Idempotency-Key was used for another body."),
    },
  },
  otlp("traces", "rejectedSpans"),
  otlp("logs", "rejectedLogRecords"),
  {
    method: "post",
    path: "/v1/firehose",
    id: "sendFirehose",
    summary: "Amazon Data Firehose's HTTP endpoint, with X-Amz-Firehose-Request-Id.",
    access: ["firehoseKey"],
    query: z.strictObject({ format: format("The format of the records."), ...reading }),
    body: json(z.looseObject({ records: z.array(z.looseObject({ data: z.string().describe("Base64.") })) })),
    answers: {
      200: { description: "Durable.", content: json(firehoseAnswer) },
      ...inForm(firehoseAnswer),
      422: { description: "The same request id with another body.", content: json(firehoseAnswer) },
    },
  },
];
