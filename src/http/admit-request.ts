import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pressure } from "../pipeline/judge-pressure.js";
import type { BodyBudget } from "./body-budget.js";
import { MAX_BODY_BYTES } from "./decode-body.js";
import type { EventQuota } from "./event-quota.js";

export interface AdmissionDeps {
  /** Why nothing is taken now, or null. */
  readonly pressure: () => Pressure | null;
  readonly quota: EventQuota;
  readonly budget: BodyBudget;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Whether the body of a request is read: why not, and in how many seconds to ask again. */
export interface Refusal {
  readonly reason: "quota" | "too_many_bodies" | Pressure["reason"];
  readonly error: string;
  readonly retryAfterSeconds: number;
}

/** A queue drains in tens of seconds. */
const RETRY_WHEN_FULL_SECONDS = 30;

/** Decides about a request by its head, before a byte of its body is read; null lets it in. */
export function refuseEarly(
  deps: AdmissionDeps,
  source: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Refusal | null {
  const pressure = deps.pressure();
  if (pressure !== null) {
    return { reason: pressure.reason, error: pressure.message, retryAfterSeconds: RETRY_WHEN_FULL_SECONDS };
  }
  const waitMs = deps.quota.waitMs(source, deps.now());
  if (waitMs > 0) {
    const error = "this token's events per second are used up (PLIMSOLL_TOKEN_EVENTS_PER_SECOND): send again later";
    return { reason: "quota", error, retryAfterSeconds: Math.ceil(waitMs / 1000) };
  }
  const bytes = expectedBytes(request);
  if (!deps.budget.take(bytes)) {
    return { reason: "too_many_bodies", error: "too many bodies at once: send again", retryAfterSeconds: 1 };
  }
  // Also when the sender hangs up.
  reply.raw.once("close", () => deps.budget.giveBack(bytes));
  return null;
}

/** A compressed body, or one that does not say how long it is, may become as long as any. */
function expectedBytes({ headers }: FastifyRequest): number {
  const encoding = headers["content-encoding"] ?? "identity";
  const length = Number(headers["content-length"]);
  if (!Number.isFinite(length)) return headers["transfer-encoding"] === undefined ? 0 : MAX_BODY_BYTES;
  return Math.min(MAX_BODY_BYTES, encoding === "identity" ? length : length * 10);
}
