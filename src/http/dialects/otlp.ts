import type { FastifyRequest } from "fastify";
import type { RejectReason } from "../../import/wire-event.js";
import { parseAskedFormat } from "../accept-format.js";
import type { Dialect, GivenAnswer } from "./dialect.js";
import { rejectionsText } from "./rejections-text.js";

/** gRPC's name for what sending again does not mend. */
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;
/** What OTLP's clients send again; anything else they drop. */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** What is rejected of a body that is something else. */
const NO_OTLP: ReadonlySet<string> = new Set<RejectReason>(["not_json", "not_a_record", "unreadable_file"]);
const NOT_JSON = "OTLP is taken as JSON: set encoding: json in the Collector's otlphttp exporter";
const PROTOBUF = "application/x-protobuf";

/** `POST /v1/otlp/v1/traces`, and `/logs`, whose bodies may be lines of `?format=`: OTLP/HTTP with JSON. */
export const otlpDialects: readonly Dialect[] = [
  otlpDialect("traces", "rejectedSpans"),
  otlpDialect("logs", "rejectedLogRecords"),
];

function otlpDialect(signal: "traces" | "logs", rejected: string): Dialect {
  return {
    path: `/v1/otlp/v1/${signal}`,
    formatOf(request) {
      const refused = refusalOfType(request);
      if (refused !== null) return refused;
      const { format: asked = "otel", ...query } = request.query as Record<string, unknown>;
      // The lines of a log file, as a Collector reads them, are bodies of log records.
      const format = parseAskedFormat({ ...query, format: signal === "logs" ? asked : "otel" });
      return format !== null && "error" in format ? { status: 400, error: format.error } : format;
    },
    answer: (given) => {
      const { status, events } = given;
      if (events === null || (status !== 202 && !isNoneTaken(given))) return failureOf(given);
      if (events.rejected === 0) return { status: 200, body: {} };
      const partialSuccess = { [rejected]: String(events.rejected), errorMessage: rejectionsText(events) };
      return { status: 200, body: { partialSuccess } };
    },
  };
}

function refusalOfType({ headers }: FastifyRequest) {
  const type = (headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (type === "application/json") return null;
  if (type !== PROTOBUF) return { status: 415, error: NOT_JSON } as const;
  // Whoever speaks protobuf reads no JSON: its log would not say why.
  return { status: 415, error: NOT_JSON, as: { type: PROTOBUF, body: protobufStatus(NOT_JSON) } } as const;
}

/** `google.rpc.Status` of a message shorter than 128 bytes. */
function protobufStatus(message: string): Buffer {
  const text = Buffer.from(message);
  return Buffer.concat([Buffer.from([0x08, INVALID_ARGUMENT, 0x12, text.length]), text]);
}

/** A body of which nothing is a use of a key was well formed all the same, if it was OTLP. */
function isNoneTaken({ status, events }: GivenAnswer): boolean {
  return status === 400 && events !== null && [...events.rejectedByReason.keys()].some((one) => !NO_OTLP.has(one));
}

/** A failure of ours is one that passes: 500 and 408 would be dropped. */
function failureOf({ status, body }: GivenAnswer) {
  const told = status >= 500 || status === 408 ? 503 : status;
  return {
    status: told,
    body: { code: RETRYABLE.has(told) ? UNAVAILABLE : INVALID_ARGUMENT, message: body.error ?? "" },
  };
}
