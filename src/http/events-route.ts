import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EventRules } from "../model/event/parse-request-event.js";
import { acceptInSlices } from "../pipeline/ingest/accept-in-slices.js";
import type { AcceptedEvents, BodyType } from "../pipeline/ingest/read-events.js";
import type { GroupCommit } from "../pipeline/ingest/commit-groups.js";
import { countBackfillPartitions } from "../pipeline/ingest/split-lanes.js";
import { acceptFormat, type AskedFormat } from "./accept-format.js";
import { judgeAccess, type AccessToken } from "./access.js";
import { admitEvents, admitRequest, type Admission, type AdmissionDeps } from "./admit-request.js";
import { answerReceipt, refuse, refuseForNow } from "./answer-batch.js";
import { BodyRefused } from "./body-refused.js";
import { chargeReading } from "./charge-reading.js";
import type { Dialect, GivenAnswer } from "./dialects/dialect.js";
import { firehose } from "./dialects/firehose.js";
import { otlpDialects } from "./dialects/otlp.js";
import { plainEvents } from "./dialects/plain-events.js";
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

/** Every way in for events, whoever sends them. */
export function eventsRoutes(deps: EventsRouteDeps): Routes[] {
  return [plainEvents, ...otlpDialects, firehose].map((dialect) => eventsRoute(deps, dialect));
}

/** What comes with an admin token is history. Who may not send is turned away before a byte of the body is read. */
function eventsRoute(deps: EventsRouteDeps, dialect: Dialect): Routes {
  return async (server) => {
    server.removeAllContentTypeParsers();
    // Who it is charged to is known by then, and it is read by the route itself.
    // Of any type: those without a format are judged before.
    server.addContentTypeParser("*", async (_request: FastifyRequest, payload: Readable) => payload);
    server.decorateRequest("source", "");
    server.decorateRequest("isHistory", false);
    server.decorateRequest("admission", null);
    server.decorateRequest("format", null);
    server.decorateRequest("events", null);
    const { answer, authorizationOf } = dialect;
    if (answer !== undefined) {
      server.addHook("preSerialization", async (request, reply, body: GivenAnswer["body"]) => {
        const events = request.getDecorator<AcceptedEvents | null>("events");
        const told = answer({ status: reply.statusCode, body, events }, request);
        reply.code(told.status);
        return told.body;
      });
    }
    server.addHook("onRequest", async (request, reply) => {
      const shown = authorizationOf === undefined ? request.headers.authorization : authorizationOf(request);
      const verdict = judgeAccess(deps.tokens(), shown, "ingest", "admin");
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
      const format = dialect.formatOf(request);
      if (format !== null && "error" in format) {
        if (format.as !== undefined) return reply.code(format.status).type(format.as.type).send(format.as.body);
        return reply
          .code(format.status)
          .send({ error: format.error, ...(format.status === 400 ? { errors: [] } : {}) });
      }
      request.setDecorator("format", format);
      const admission = admitRequest(deps, verdict.name, request, reply);
      if ("error" in admission) return refuse(deps, verdict.name, reply, admission);
      request.setDecorator("admission", admission);
    });
    server.post(dialect.path, (request, reply) => receive(deps, dialect, request, reply));
  };
}

async function receive(
  deps: EventsRouteDeps,
  dialect: Dialect,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const source = request.getDecorator<string>("source");
  const body = await bodyOf(deps, dialect, request);
  const receivedAt = deps.now();
  const rules = { ...deps.rulesAt(receivedAt), isHistory: request.getDecorator<boolean>("isHistory") };
  const format = request.getDecorator<AskedFormat | null>("format");
  const events =
    format === null ? await acceptInSlices(body, bodyTypeOf(request), rules) : await acceptFormat(body, format, rules);
  if (events.kind === "events") request.setDecorator("events", events);
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
  const idempotencyKey = idempotencyKeyOf(dialect, request);
  try {
    const receipt = await deps.commit.submit({ source, idempotencyKey, body, receivedAt, events });
    request.log.debug({ source, ...receipt, errors: undefined }, "a batch is accepted");
    return await answerReceipt(deps, reply, source, events, receipt);
  } catch (error) {
    return refuseForNow(deps, source, request, reply, error);
  }
}

function idempotencyKeyOf(dialect: Dialect, request: FastifyRequest): string | undefined {
  if (dialect.idempotencyKeyOf !== undefined) return dialect.idempotencyKeyOf(request);
  const header = request.headers["idempotency-key"];
  return header === undefined || header === "" ? undefined : String(header);
}

/** The body, or the log in it: whatever that takes is charged before it is read. */
async function bodyOf(deps: EventsRouteDeps, dialect: Dialect, request: FastifyRequest): Promise<Buffer> {
  const admission = request.getDecorator<Admission>("admission");
  try {
    const body = await rawBodyOf(deps, request, admission);
    const log = dialect.unpack === undefined ? body : await dialect.unpack(body, admission.account);
    if (request.getDecorator("format") !== null) chargeReading(log, admission.account);
    return log;
  } catch (error) {
    if (error instanceof BodyRefused && error.reason === "no_room")
      deps.metrics.countRefused(request.getDecorator<string>("source"), "too_many_bodies");
    throw error;
  }
}

async function rawBodyOf(deps: EventsRouteDeps, request: FastifyRequest, admission: Admission): Promise<Buffer> {
  if (!(request.body instanceof Readable)) return Buffer.alloc(0);
  return readBody(request.body, {
    ...admission,
    encoding: encodingOf(request.headers["content-encoding"]) ?? "identity",
    limitBytes: MAX_BODY_BYTES,
    leastRate: deps.leastRate,
  });
}

function bodyTypeOf(request: FastifyRequest): BodyType {
  return /^application\/json\b/i.test(request.headers["content-type"] ?? "") ? "json" : "ndjson";
}
