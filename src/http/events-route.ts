import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { warningsOf } from "../model/event/event-notes.js";
import type { EventRules } from "../model/event/parse-request-event.js";
import { acceptInSlices } from "../pipeline/ingest/accept-in-slices.js";
import type { AcceptedEvents, BodyType } from "../pipeline/ingest/read-events.js";
import {
  IdempotencyKeyReused,
  IngestBufferFull,
  IngestBufferUnreachable,
  type GroupCommit,
} from "../pipeline/ingest/commit-groups.js";
import { countBackfillPartitions } from "../pipeline/ingest/split-lanes.js";
import type { BatchReceipt } from "../pipeline/ingest/submit-batch.js";
import { acceptFormat, parseAskedFormat, type AskedFormat } from "./accept-format.js";
import { judgeAccess, type AccessToken } from "./access.js";
import { admitEvents, admitRequest, type Admission, type AdmissionDeps, type Refusal } from "./admit-request.js";
import { BodyRefused } from "./body-refused.js";
import type { IngestMetrics } from "./ingest-metrics.js";
import type { LeastRate } from "./least-rate.js";
import { encodingOf, MAX_BODY_BYTES, readBody } from "./read-body.js";
import type { Routes } from "./server.js";

export interface EventsRouteDeps extends AdmissionDeps {
  /** Asked on each request: tokens change without a restart. */
  readonly tokens: () => readonly AccessToken[];
  /** What events are judged by at `now`, epoch milliseconds. */
  readonly rulesAt: (now: number) => Omit<EventRules, "isHistory">;
  readonly commit: Pick<GroupCommit, "submit">;
  readonly leastRate: LeastRate;
  readonly metrics: IngestMetrics;
}

/** All but JSON are one event a line. */
const BODY_TYPES = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-jsonlines",
  "application/json",
] as const;
/** Seconds: a queue drains in tens of them, Redis is back after a few. */
const RETRY_WHEN_FULL = "30";
const RETRY_WHEN_UNREACHABLE = "5";

/** `POST /v1/events[?format=…]` of the public contract; what comes with an admin token is history. Who may not send is turned away before a byte of the body is read. */
export function eventsRoute(deps: EventsRouteDeps): Routes {
  return async (server) => {
    server.removeAllContentTypeParsers();
    // Who it is charged to is known by then, and it is read by the route itself.
    // Of any type: those without a format are judged before.
    server.addContentTypeParser("*", async (_request: FastifyRequest, payload: Readable) => payload);
    server.decorateRequest("source", "");
    server.decorateRequest("isHistory", false);
    server.decorateRequest("admission", null);
    server.decorateRequest("format", null);
    server.addHook("onRequest", async (request, reply) => {
      const verdict = judgeAccess(deps.tokens(), request.headers.authorization, "ingest", "admin");
      if (verdict.kind === "denied") {
        if (verdict.status === 401) reply.header("www-authenticate", "Bearer");
        return reply.code(verdict.status).send({ error: verdict.error });
      }
      request.setDecorator("source", verdict.name);
      request.setDecorator("isHistory", verdict.right === "admin");
      if (encodingOf(request.headers["content-encoding"]) === undefined) {
        return reply.code(415).send({ error: "Content-Encoding is not taken: send gzip, or leave it out" });
      }
      if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES)
        throw new BodyRefused("too_large", MAX_BODY_BYTES);
      const format = parseAskedFormat(request.query as Record<string, unknown>);
      if (format !== null && "error" in format) return reply.code(400).send({ error: format.error, errors: [] });
      request.setDecorator("format", format);
      const { "content-type": type, "content-length": length } = request.headers;
      if (format === null && length !== "0" && !isTaken(type)) {
        return reply.code(415).send({ error: `Content-Type is not taken: send one of ${BODY_TYPES.join(", ")}` });
      }
      const admission = admitRequest(deps, verdict.name, request, reply);
      if ("error" in admission) return refuse(deps, verdict.name, reply, admission);
      request.setDecorator("admission", admission);
    });
    server.post("/v1/events", (request, reply) => receive(deps, request, reply));
  };
}

async function receive(deps: EventsRouteDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const source = request.getDecorator<string>("source");
  const body = await bodyOf(deps, request, source);
  const receivedAt = deps.now();
  const rules = { ...deps.rulesAt(receivedAt), isHistory: request.getDecorator<boolean>("isHistory") };
  const format = request.getDecorator<AskedFormat | null>("format");
  const events =
    format === null ? await acceptInSlices(body, bodyTypeOf(request), rules) : await acceptFormat(body, format, rules);
  const accepted = events.kind === "events" ? events.events : [];
  const refusal = admitEvents(deps, source, {
    events: events.kind === "events" ? events.accepted + events.rejected : 0,
    bytes: body.length,
    partitions: countBackfillPartitions(accepted, receivedAt),
  });
  if (events.kind === "refused") {
    if (events.reason === "too_many_events") return reply.code(413).send({ error: events.message });
    return reply.code(400).send({ error: events.message, errors: [] });
  }
  if (refusal !== null) return refuse(deps, source, reply, refusal);
  if (events.accepted === 0 && !events.heartbeat) {
    deps.metrics.countBatch(source, events, { repeated: false, repeatedEvents: 0 });
    return reply.code(400).send({ error: "no event was acceptable", errors: events.errors });
  }
  const header = request.headers["idempotency-key"];
  const idempotencyKey = header === undefined || header === "" ? undefined : String(header);
  try {
    const receipt = await deps.commit.submit({ source, idempotencyKey, body, receivedAt, events });
    request.log.debug({ source, ...receipt, errors: undefined }, "a batch is accepted");
    return await answer(deps, reply, source, events, receipt);
  } catch (error) {
    return refuseForNow(deps, source, request, reply, error);
  }
}

async function bodyOf(deps: EventsRouteDeps, request: FastifyRequest, source: string): Promise<Buffer> {
  if (!(request.body instanceof Readable)) return Buffer.alloc(0);
  try {
    return await readBody(request.body, {
      ...request.getDecorator<Admission>("admission"),
      encoding: encodingOf(request.headers["content-encoding"]) ?? "identity",
      limitBytes: MAX_BODY_BYTES,
      leastRate: deps.leastRate,
    });
  } catch (error) {
    if (error instanceof BodyRefused && error.reason === "no_room")
      deps.metrics.countRefused(source, "too_many_bodies");
    throw error;
  }
}

function refuse(deps: EventsRouteDeps, source: string, reply: FastifyReply, refusal: Refusal): FastifyReply {
  deps.metrics.countRefused(source, refusal.reason);
  return reply.code(429).header("retry-after", String(refusal.retryAfterSeconds)).send({ error: refusal.error });
}

function answer(
  deps: EventsRouteDeps,
  reply: FastifyReply,
  source: string,
  events: AcceptedEvents,
  receipt: BatchReceipt,
): FastifyReply {
  deps.metrics.countBatch(source, events, receipt);
  const { accepted, rejected, errors, batch, repeated, repeatedEvents } = receipt;
  const warnings = warningsOf(new Map([...events.notes, ["repeated_id", repeatedEvents]]));
  const repeats = repeatedEvents === 0 ? {} : { repeated_events: repeatedEvents };
  return reply.code(202).send({ accepted, rejected, errors, batch, repeated, ...repeats, warnings });
}

function refuseForNow(
  deps: EventsRouteDeps,
  source: string,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  if (error instanceof IdempotencyKeyReused) {
    const told = "this Idempotency-Key was used for another body: nothing was counted; a new body needs a new key";
    return reply.code(422).send({ error: told });
  }
  if (error instanceof IngestBufferFull) {
    deps.metrics.countRefused(source, "redis_memory");
    return reply
      .code(429)
      .header("retry-after", RETRY_WHEN_FULL)
      .send({ error: "the queue is full: send again later" });
  }
  if (!(error instanceof IngestBufferUnreachable)) throw error;
  deps.metrics.countRefused(source, "redis_unreachable");
  request.log.error({ err: error }, "the queue is unreachable");
  return reply
    .code(503)
    .header("retry-after", RETRY_WHEN_UNREACHABLE)
    .send({ error: "the queue is unreachable: send again; repeats are counted once" });
}

/** A heartbeat has no body and needs no type. */
function isTaken(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  const name = contentType.split(";", 1)[0]!.trim().toLowerCase();
  return (BODY_TYPES as readonly string[]).includes(name);
}

function bodyTypeOf(request: FastifyRequest): BodyType {
  return /^application\/json\b/i.test(request.headers["content-type"] ?? "") ? "json" : "ndjson";
}
