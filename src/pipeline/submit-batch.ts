import { createHash, randomBytes } from "node:crypto";
import type { Heartbeat } from "../store/heartbeat.js";
import type { Reservation } from "../store/intake.js";
import type { SourcedEvents } from "../store/native-block.js";
import type { AcceptedEvents, EventError } from "./accept-events.js";

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

export interface BatchReceipt {
  readonly batch: string;
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly EventError[];
  /** True when this batch had been submitted before and was not counted again. */
  readonly repeated: boolean;
}

/** A batch as it is committed: under what name, with what, and how it is answered. */
export interface Submission extends SourcedEvents {
  readonly receipt: BatchReceipt;
  /** Null for a heartbeat: those are equal by nature, and two in a minute say what one says. */
  readonly reservation: Reservation | null;
  readonly heartbeat: Heartbeat | null;
}

const MINUTE_MS = 60_000;
/** Where the sender vouches that a repeat is a repeat. */
const VOUCHED_MS = 24 * 60 * MINUTE_MS;
/** Where two equal bodies might be two equal sets of requests: as long as clients retry. */
const EQUAL_BODY_MS = 10 * MINUTE_MS;
/** Enough that two batches are never taken for one; the names are most of what Redis keeps of a batch for a day. */
const NAME_BYTES = 16;

/** Random once and counted from there: asking for randomness for each batch costs more than reading a small one. */
const run = randomBytes(9).toString("base64url");
let batches = 0;

/** Gives a batch an id that no other has, its name by which a repeat is known, and its receipt. */
export function submissionOf({ source, idempotencyKey, body, receivedAt, events }: SubmittedBatch): Submission {
  const { accepted, rejected, errors, allHaveId, heartbeat } = events;
  batches += 1;
  const receipt = { batch: `${run}.${batches.toString(36)}`, accepted, rejected, errors, repeated: false };
  const vouched = idempotencyKey !== undefined || allHaveId;
  return {
    source,
    events: events.events,
    receipt,
    heartbeat: heartbeat ? { source, minute: Math.floor(receivedAt / MINUTE_MS) * MINUTE_MS } : null,
    reservation: heartbeat
      ? null
      : {
          key: nameOf(source, idempotencyKey, body),
          value: receiptText(receipt),
          ttlMs: vouched ? VOUCHED_MS : EQUAL_BODY_MS,
        },
  };
}

/** What a repeat is answered, from what is kept of the first. */
export function receiptOfRepeat(kept: string): BatchReceipt {
  const [batch = "", accepted, rejected, ...errors] = kept.split(" ");
  return {
    batch,
    accepted: Number(accepted),
    rejected: Number(rejected),
    errors: errors.length === 0 ? [] : (JSON.parse(errors.join(" ")) as EventError[]),
    repeated: true,
  };
}

function receiptText({ batch, accepted, rejected, errors }: BatchReceipt): string {
  return `${batch} ${accepted} ${rejected}${errors.length === 0 ? "" : ` ${JSON.stringify(errors)}`}`;
}

/** The source is hashed with its length, so that no two different submissions are hashed alike. */
function nameOf(source: string, idempotencyKey: string | undefined, body: Buffer): string {
  return createHash("sha256")
    .update(`${source.length}:${source}${idempotencyKey === undefined ? "body:" : "key:"}`)
    .update(idempotencyKey ?? body)
    .digest()
    .subarray(0, NAME_BYTES)
    .toString("base64url");
}
