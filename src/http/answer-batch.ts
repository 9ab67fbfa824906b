import type { FastifyReply, FastifyRequest } from "fastify";
import { warningsOf } from "../model/event/event-notes.js";
import { IdempotencyKeyReused, IngestBufferFull, IngestBufferUnreachable } from "../pipeline/ingest/commit-groups.js";
import type { AcceptedEvents } from "../pipeline/ingest/read-events.js";
import type { BatchReceipt } from "../pipeline/ingest/submit-batch.js";
import type { Refusal } from "./admit-request.js";
import type { IngestMetrics } from "./ingest-metrics.js";

interface AnswerDeps {
  readonly metrics: IngestMetrics;
}

/** Seconds: a queue drains in tens of them, Redis is back after a few. */
const RETRY_WHEN_FULL = "30";
const RETRY_WHEN_UNREACHABLE = "5";

/** Refuses a body for the moment: nothing of it was taken. */
export function refuse(deps: AnswerDeps, source: string, reply: FastifyReply, refusal: Refusal): FastifyReply {
  deps.metrics.countRefused(source, refusal.reason);
  return reply.code(429).header("retry-after", String(refusal.retryAfterSeconds)).send({ error: refusal.error });
}

/** Answers a body that is durable. */
export function answerReceipt(
  deps: AnswerDeps,
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

/** Answers a body that could not be made durable. @throws what is no such failure */
export function refuseForNow(
  deps: AnswerDeps,
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
