import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pressure } from "../pipeline/ingest/judge-pressure.js";
import type { PressureWatch } from "../pipeline/ingest/watch-pressure.js";
import type { BodyAccount, BodyBudget } from "./body-budget.js";
import { BodyRefused } from "./body-refused.js";
import { encodingOf, MAX_BODY_BYTES } from "./read-body.js";
import type { TokenQuota } from "./token-quota.js";

export interface AdmissionDeps {
  /** Why nothing is taken now, or nothing old, or nothing of one source. */
  readonly pressure: Pick<PressureWatch, "current" | "ofBackfill" | "ofRepeats">;
  /** In events, or in stretches of a body that are as long. */
  readonly quota: TokenQuota;
  /** In partitions of the backfill lane. */
  readonly partitionQuota: TokenQuota;
  readonly budget: BodyBudget;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Why a body is not taken now, and in how many seconds to ask again. */
export interface Refusal {
  readonly reason: "quota" | "partition_quota" | "too_many_bodies" | Pressure["reason"];
  readonly error: string;
  readonly retryAfterSeconds: number;
}

/** A body that is let in: what it is charged to, and how much of that is for its bytes. */
export interface Admission {
  readonly account: BodyAccount;
  readonly reservedBytes: number;
}

/** A stretch of a body that counts as an event, however few there are in it: reading it takes as long. */
const BYTES_PER_EVENT = 512;

/** Decides about a request by its head, before a byte of its body is read. */
export function admitRequest(
  deps: AdmissionDeps,
  source: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Refusal | Admission {
  const pressure = deps.pressure.current() ?? deps.pressure.ofRepeats(source);
  if (pressure !== null) return refusalOf(pressure);
  const waitMs = deps.quota.waitMs(source, deps.now());
  if (waitMs > 0) {
    const error = "this token exceeded its events per second (PLIMSOLL_TOKEN_EVENTS_PER_SECOND): send again later";
    return { reason: "quota", error, retryAfterSeconds: Math.ceil(waitMs / 1000) };
  }
  const reservedBytes = reservedFor(request);
  const account = deps.budget.open(source, reservedBytes);
  if (account === null) {
    const { message, retryAfterSeconds } = new BodyRefused("no_room");
    return { reason: "too_many_bodies", error: message, retryAfterSeconds: retryAfterSeconds ?? 1 };
  }
  // Also when the sender hangs up.
  reply.raw.once("close", account.close);
  return { account, reservedBytes };
}

/** Decides about a body once it is read: what reading it cost is charged, whatever becomes of it; old events have limits of their own. */
export function admitEvents(
  deps: AdmissionDeps,
  source: string,
  read: { readonly events: number; readonly bytes: number; readonly partitions: number },
): Refusal | null {
  const now = deps.now();
  deps.quota.spend(source, Math.max(read.events, Math.floor(read.bytes / BYTES_PER_EVENT)), now);
  if (read.partitions === 0) return null;
  const pressure = deps.pressure.ofBackfill();
  if (pressure !== null) return refusalOf(pressure);
  const waitMs = deps.partitionQuota.waitMs(source, now);
  if (waitMs > 0) {
    const error =
      "this token sent events of too many past days (PLIMSOLL_TOKEN_PARTITIONS_PER_SECOND): send them in order of time, with more in each body";
    return { reason: "partition_quota", error, retryAfterSeconds: Math.ceil(waitMs / 1000) };
  }
  deps.partitionQuota.spend(source, read.partitions, now);
  return null;
}

function refusalOf({ reason, message, retryAfterSeconds }: Pressure): Refusal {
  return { reason, error: message, retryAfterSeconds };
}

/** As long as a body says that it is; of one that does not say, or is compressed, nothing is known before it is read. */
function reservedFor({ headers }: FastifyRequest): number {
  const length = Number(headers["content-length"] ?? 0);
  if (encodingOf(headers["content-encoding"]) === "gzip" || !Number.isFinite(length)) return 0;
  return Math.min(MAX_BODY_BYTES, length);
}
