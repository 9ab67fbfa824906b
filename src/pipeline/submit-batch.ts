import { createHash, randomUUID } from "node:crypto";
import type { BatchReservation, BatchReservations } from "../store/batch-reservations.js";
import type { AcceptedEvents } from "./accept-events.js";
import type { RecordBatch } from "./record-events.js";

/** The queue takes nothing now; thrown by `enqueue` before it adds anything. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
}

/** Redis did not answer as it should within 2 s. Whether the job was added is unknown; submitting the batch again is safe. */
export class QueueUnreachable extends Error {
  override readonly name = "QueueUnreachable";
}

export interface SubmitDeps {
  readonly reservations: BatchReservations;
  /** Adds a job; under a job id that the queue already holds it adds nothing. Throws QueueFull. */
  readonly enqueue: (jobId: string, data: RecordBatch) => Promise<void>;
}

/** A body that was read and of which at least one event was accepted, or a heartbeat. */
export interface SubmittedBatch {
  readonly source: string;
  /** The header's value, if there was one. */
  readonly idempotencyKey: string | undefined;
  /** The decoded body. */
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly events: AcceptedEvents;
}

export interface BatchReceipt extends Pick<BatchReservation, "batch" | "accepted" | "rejected" | "errors"> {
  /** True when this batch had been submitted before and was not counted again. */
  readonly repeated: boolean;
}

/** Less than the patience of the senders' own clients. */
const DEADLINE_MS = 2000;
const MINUTE_MS = 60_000;
/** Where the sender vouches that a repeat is a repeat. */
const VOUCHED_MS = 24 * 60 * MINUTE_MS;
/** Where two equal bodies might be two equal sets of requests: as long as clients retry. */
const EQUAL_BODY_MS = 10 * MINUTE_MS;

/**
 * Queues a batch once however often it is submitted. The reservation is made before the job and settled after it, so that
 * a crash between the two is mended by the next repeat, which adds the same job id again.
 * @throws QueueFull, QueueUnreachable
 */
export async function submitBatch(deps: SubmitDeps, batch: SubmittedBatch): Promise<BatchReceipt> {
  return withinDeadline(batch.events.heartbeat ? addHeartbeat(deps, batch) : addOnce(deps, batch));
}

async function addOnce(deps: SubmitDeps, batch: SubmittedBatch): Promise<BatchReceipt> {
  const { accepted, rejected, errors, allHaveId } = batch.events;
  const fresh: BatchReservation = {
    batch: randomUUID(),
    accepted,
    rejected,
    errors,
    state: "adding",
  };
  const key = repeatKeyOf(batch);
  const vouched = batch.idempotencyKey !== undefined || allHaveId;
  const held = await deps.reservations.reserve(key, fresh, vouched ? VOUCHED_MS : EQUAL_BODY_MS);
  if (held.state === "adding") {
    await deps.enqueue(held.batch, recordBatchOf(held.batch, batch));
    await deps.reservations.markQueued(key, held);
  }
  return receiptOf(held, held.batch !== fresh.batch);
}

/** Heartbeats are equal by nature and may be repeated at will: two in a minute say what one says. */
async function addHeartbeat(deps: SubmitDeps, batch: SubmittedBatch): Promise<BatchReceipt> {
  const id = randomUUID();
  await deps.enqueue(id, recordBatchOf(id, batch));
  return { batch: id, accepted: 0, rejected: 0, errors: [], repeated: false };
}

function recordBatchOf(id: string, { source, receivedAt, events }: SubmittedBatch): RecordBatch {
  return { batch: id, source, receivedAt, blocks: events.blocks, heartbeat: events.heartbeat };
}

function receiptOf(held: BatchReservation, repeated: boolean): BatchReceipt {
  return {
    batch: held.batch,
    accepted: held.accepted,
    rejected: held.rejected,
    errors: held.errors,
    repeated,
  };
}

/** The name is hashed with its length, so that no two different submissions are hashed alike. */
function repeatKeyOf({ source, idempotencyKey, body }: SubmittedBatch): string {
  const hash = createHash("sha256").update(`${source.length}:${source}`);
  return hash
    .update(idempotencyKey === undefined ? "body:" : "key:")
    .update(idempotencyKey ?? body)
    .digest("hex");
}

async function withinDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    return await Promise.race([work, deadline]);
  } catch (error) {
    throw error instanceof QueueFull ? error : new QueueUnreachable("the queue is unreachable", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
