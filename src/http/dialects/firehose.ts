import type { FastifyRequest } from "fastify";
import type { RejectReason } from "../../import/wire-event.js";
import { parseAskedFormat } from "../accept-format.js";
import type { Dialect, GivenAnswer } from "./dialect.js";
import { rejectionsText } from "./rejections-text.js";
import { unpackFirehose } from "./unpack-firehose.js";

/** A GUID has 36. */
const LONGEST_ID = 128;
/** What is nobody's mistake: a delivery of nothing else has arrived, and is not to be sent again. */
const NO_MISTAKES: ReadonlySet<string> = new Set<RejectReason>([
  "control_message",
  "digest_file",
  "insight_event",
  "s3_notification",
  "not_a_request",
  "repeated_event",
]);

/** `POST /v1/firehose?format=…`: Amazon Data Firehose's HTTP endpoint, version 1.0 of its protocol. What is not answered 200 it sends again, and keeps in its bucket in the end. */
export const firehose: Dialect = {
  path: "/v1/firehose",
  authorizationOf: ({ headers }) => {
    const key = headers["x-amz-firehose-access-key"];
    return typeof key === "string" ? `Bearer ${key}` : undefined;
  },
  formatOf(request) {
    if (requestIdOf(request) === "") return { status: 400, error: "X-Amz-Firehose-Request-Id: missing" };
    const format = parseAskedFormat(request.query as Record<string, unknown>);
    if (format === null) return { status: 400, error: "format: say what the records are, as in ?format=cloudtrail" };
    return "error" in format ? { status: 400, error: format.error } : format;
  },
  unpack: unpackFirehose,
  // The same for each attempt; what stands around the records may differ.
  idempotencyKeyOf: requestIdOf,
  answer(given, request) {
    const about = { requestId: requestIdOf(request), timestamp: Date.now() };
    if (given.status === 202 || isNothing(given)) return { status: 200, body: about };
    const reasons = given.events === null || given.status !== 400 ? "" : rejectionsText(given.events);
    const errorMessage = [given.body.error ?? "", reasons].filter((text) => text !== "").join(": ");
    return { status: given.status, body: { ...about, errorMessage } };
  },
};

function requestIdOf({ headers }: FastifyRequest): string {
  const id = headers["x-amz-firehose-request-id"];
  return typeof id === "string" ? id.slice(0, LONGEST_ID) : "";
}

function isNothing({ status, events }: GivenAnswer): boolean {
  return status === 400 && events !== null && [...events.rejectedByReason.keys()].every((one) => NO_MISTAKES.has(one));
}
