import type { FastifyReply, FastifyRequest } from "fastify";
import type { EventRules } from "../model/parse-request-event.js";
import { acceptEvents, type AcceptedEvents, type BodyType } from "../pipeline/accept-events.js";
import { IntakeFull, IntakeUnreachable, type GroupCommit } from "../pipeline/commit-groups.js";
import type { BatchReceipt } from "../pipeline/submit-batch.js";
import { judgeAccess, type AccessToken } from "./access.js";
import { refuseEarly, type AdmissionDeps } from "./admit-request.js";
import { decodeBody, encodingOf, MAX_BODY_BYTES } from "./decode-body.js";
import type { IngestMetrics } from "./ingest-metrics.js";
import type { Routes } from "./server.js";

export interface EventsRouteDeps extends AdmissionDeps {
  /** Asked on each request: tokens change without a restart. */
  readonly tokens: () => readonly AccessToken[];
  /** What events are judged by at `now`, epoch milliseconds. */
  readonly rulesAt: (now: number) => Omit<EventRules, "isHistory">;
  readonly commit: Pick<GroupCommit, "submit">;
  readonly metrics: IngestMetrics;
}

/** Seconds: a queue drains in tens of them, Redis is back after a few. */
const RETRY_WHEN_FULL = "30";
const RETRY_WHEN_UNREACHABLE = "5";

/** `POST /v1/events` of the public contract; what comes with an admin token is history. Who may not send is turned away before a byte of the body is read. */
export function eventsRoute(deps: EventsRouteDeps): Routes {
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser(
      ["application/x-ndjson", "application/json"],
      { parseAs: "buffer", bodyLimit: MAX_BODY_BYTES },
      async (_request: FastifyRequest, body: Buffer) => body,
    );
    server.decorateRequest("source", "");
    server.decorateRequest("isHistory", false);
    server.addHook("onRequest", async (request, reply) => {
      const verdict = judgeAccess(deps.tokens(), request.headers.authorization, "ingest", "admin");
      if (verdict.kind === "denied") {
        if (verdict.status === 401) reply.header("www-authenticate", "Bearer");
        return reply.code(verdict.status).send({ error: verdict.error });
      }
      request.setDecorator("source", verdict.name);
      request.setDecorator("isHistory", verdict.right === "admin");
      if (encodingOf(request.headers["content-encoding"]) === undefined) {
        return reply.code(415).send({ error: "Content-Encoding: gzip or identity" });
      }
      const refusal = refuseEarly(deps, verdict.name, request, reply);
      if (refusal !== null) {
        deps.metrics.countRefused(verdict.name, refusal.reason);
        return reply.code(429).header("retry-after", String(refusal.retryAfterSeconds)).send({ error: refusal.error });
      }
    });
    server.post("/v1/events", { bodyLimit: MAX_BODY_BYTES }, (request, reply) => receive(deps, request, reply));
  };
}

async function receive(deps: EventsRouteDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const source = request.getDecorator<string>("source");
  const received = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
  const body = await decodeBody(received, encodingOf(request.headers["content-encoding"]) ?? "identity");
  if (body === "too_large") return reply.code(413).send({ error: "the decoded body is over 10 MiB" });
  if (body === "not_gzip") return reply.code(400).send({ error: "the body is not gzip", errors: [] });

  const receivedAt = deps.now();
  const events = acceptEvents(body, bodyTypeOf(request), {
    ...deps.rulesAt(receivedAt),
    isHistory: request.getDecorator<boolean>("isHistory"),
  });
  if (events.kind === "refused") {
    if (events.reason === "too_many_events") return reply.code(413).send({ error: events.message });
    return reply.code(400).send({ error: events.message, errors: [] });
  }
  deps.quota.spend(source, events.accepted + events.rejected, receivedAt);
  if (events.accepted === 0 && !events.heartbeat) {
    deps.metrics.countBatch(source, events, { repeated: false });
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

function answer(
  deps: EventsRouteDeps,
  reply: FastifyReply,
  source: string,
  events: AcceptedEvents,
  receipt: BatchReceipt,
): FastifyReply {
  deps.metrics.countBatch(source, events, receipt);
  const { accepted, rejected, errors, batch, repeated } = receipt;
  return reply.code(202).send({ accepted, rejected, errors, batch, repeated });
}

function refuseForNow(
  deps: EventsRouteDeps,
  source: string,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  if (error instanceof IntakeFull) {
    deps.metrics.countRefused(source, "redis_memory");
    return reply
      .code(429)
      .header("retry-after", RETRY_WHEN_FULL)
      .send({ error: "the queue is full: send again later" });
  }
  if (!(error instanceof IntakeUnreachable)) throw error;
  deps.metrics.countRefused(source, "redis_unreachable");
  request.log.error({ err: error }, "the queue is unreachable");
  return reply
    .code(503)
    .header("retry-after", RETRY_WHEN_UNREACHABLE)
    .send({ error: "the queue is unreachable: send again, a repeat is not counted twice" });
}

function bodyTypeOf(request: FastifyRequest): BodyType {
  return /^application\/json\b/i.test(request.headers["content-type"] ?? "") ? "json" : "ndjson";
}
