import { setTimeout as sleep } from "node:timers/promises";
import type { Secret } from "../secret.js";
import { postBatch, type Answer } from "./post-batch.js";
import { judgeAnswer, nextWaitMs } from "./judge-answer.js";
import { halveBatch, type Batch } from "./split-batches.js";

/** Where to send to, and how long to put up with it. */
export interface SendOptions {
  /** Base URL of Plimsoll. */
  readonly url: string;
  readonly token: Secret;
  /** How long one batch may meet no server at all. */
  readonly unreachableMs: number;
  /** How long one batch may be told to come back later. */
  readonly busyMs: number;
  readonly onBatch?: (totals: SendTotals) => void;
  /** Hears why a batch has to wait, each time. */
  readonly onWait?: (problem: string) => void;
}

/** What became of what was sent; counts are events unless they say otherwise. */
export interface SendTotals {
  batches: number;
  /** Batches that ingest already had. */
  repeatedBatches: number;
  /** Accepted events of those. */
  repeatedEvents: number;
  sent: number;
  accepted: number;
  rejected: number;
  /** Ingest names at most 20 reasons a batch: these are the named ones. */
  readonly reasons: Map<string, number>;
  /** What ingest warned of, and of how many events. */
  readonly warnings: Map<string, number>;
}

/** Why sending stopped before the end, with what had been sent until then. */
export class SendError extends Error {
  readonly kind: "unreachable" | "refused_sender";
  readonly totals: SendTotals;

  constructor(kind: SendError["kind"], problem: string, totals: SendTotals) {
    super(problem);
    this.name = "SendError";
    this.kind = kind;
    this.totals = totals;
  }
}

/**
 * Sends batches one after the other, each until ingest has answered for good; a repeat after a lost answer carries the same
 * idempotency key and counts once.
 * @throws SendError when ingest cannot be reached for too long or does not take this sender.
 */
export async function sendEvents(
  batches: Iterable<Batch>,
  options: SendOptions,
  totals: SendTotals = noneSent(),
): Promise<SendTotals> {
  for (const batch of batches) {
    await sendBatch(batch, options, totals);
    options.onBatch?.(totals);
  }
  return totals;
}

/** Nothing sent so far. */
export function noneSent(): SendTotals {
  return {
    batches: 0,
    repeatedBatches: 0,
    repeatedEvents: 0,
    sent: 0,
    accepted: 0,
    rejected: 0,
    reasons: new Map(),
    warnings: new Map(),
  };
}

async function sendBatch(batch: Batch, options: SendOptions, totals: SendTotals): Promise<void> {
  const startedAt = Date.now();
  for (let attempt = 1; ; attempt++) {
    const answer = await postBatch(batch, options);
    const verdict = answer.status === 0 ? "unreachable" : judgeAnswer(answer.status);
    if (verdict === "taken" || verdict === "refused_batch") return count(batch, answer, totals);
    if (verdict === "known") {
      totals.batches += 1;
      totals.repeatedBatches += 1;
      totals.sent += batch.events;
      return;
    }
    const halves = verdict === "split" ? halveBatch(batch) : undefined;
    if (halves !== undefined) {
      for (const half of halves) await sendBatch(half, options, totals);
      return;
    }
    if (verdict === "split") return count(batch, { ...answer, text: "" }, totals);
    if (verdict === "refused_sender") throw new SendError("refused_sender", answer.problem, totals);
    const waitMs = nextWaitMs(attempt, answer.retryAfterMs, Math.random());
    const patienceMs = verdict === "busy" ? options.busyMs : options.unreachableMs;
    if (Date.now() - startedAt + waitMs > patienceMs) throw new SendError("unreachable", answer.problem, totals);
    options.onWait?.(answer.problem);
    await sleep(waitMs);
  }
}

function count(batch: Batch, answer: Answer, totals: SendTotals): void {
  const body = parseBody(answer.text);
  // A 202 of something that is not Plimsoll counts as nothing accepted, which the caller reports as bad news.
  const accepted = answer.status === 202 && typeof body["accepted"] === "number" ? body["accepted"] : 0;
  totals.batches += 1;
  totals.sent += batch.events;
  totals.accepted += accepted;
  totals.rejected += batch.events - accepted;
  if (body["repeated"] === true) {
    totals.repeatedBatches += 1;
    totals.repeatedEvents += accepted;
  }
  for (const { warning, events } of warningsIn(body["warnings"])) {
    totals.warnings.set(warning, (totals.warnings.get(warning) ?? 0) + events);
  }
  for (const error of Array.isArray(body["errors"]) ? (body["errors"] as unknown[]) : []) {
    const reason: unknown = typeof error === "object" && error !== null && "reason" in error ? error.reason : undefined;
    if (typeof reason === "string") totals.reasons.set(reason, (totals.reasons.get(reason) ?? 0) + 1);
  }
}

/** An older or another server may say something else, or nothing. */
function warningsIn(given: unknown): { readonly warning: string; readonly events: number }[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).flatMap((one) => {
    if (typeof one !== "object" || one === null) return [];
    const { warning, events } = one as Record<string, unknown>;
    return typeof warning === "string" && typeof events === "number" ? [{ warning: warning.slice(0, 40), events }] : [];
  });
}

function parseBody(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
