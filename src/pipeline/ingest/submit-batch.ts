import { createHash, randomBytes } from "node:crypto";
import type { RequestEvent } from "../../model/event/request-event.js";
import type { Heartbeat } from "../../store/ingest/heartbeat.js";
import type { IdName, Reservation } from "../../store/ingest/group-arguments.js";
import { KEPT_MS } from "../../store/ingest/kept-repeats.js";
import type { AcceptedEvents, EventError } from "./read-events.js";
import { splitLanes } from "./split-lanes.js";

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
  /** Events whose id had been seen: neither accepted nor rejected. */
  readonly repeatedEvents: number;
  /** True when this batch had been submitted before and was not counted again. */
  readonly repeated: boolean;
}

/** A batch as it is committed: under what name, with what, and how it is answered. */
export interface Submission {
  readonly source: string;
  /** By the lane that they wait in. */
  readonly live: readonly RequestEvent[];
  readonly backfill: readonly RequestEvent[];
  readonly receipt: BatchReceipt;
  /** Null for a heartbeat: those are equal by nature, and two in a minute say what one says. */
  readonly reservation: Reservation | null;
  /** Of the body under an idempotency key: another body under the same key is a mistake. Empty without a key. */
  readonly fingerprint: string;
  readonly heartbeat: Heartbeat | null;
  /** Names of the events that have an id, where repeats are told by these. */
  readonly ids: ReadonlyMap<RequestEvent, IdName>;
}

const MINUTE_MS = 60_000;
/** Enough that two batches are never taken for one; the names are half of what Redis keeps of a batch for a day. */
const FIELD_BYTES = 12;
/** Hashes that a slot's names are spread over: Redis packs those of up to 512 names. */
const HEADS = 2 ** 14;
const FINGERPRINT_BYTES = 8;
const NO_IDS: Submission["ids"] = new Map();

/** Random once and counted from there: asking for randomness for each batch costs more than reading a small one. */
const run = randomBytes(9).toString("base64url");
let batches = 0;

/** Gives a batch an id that no other has, its name by which a repeat is known, and its receipt. */
export function submissionOf(
  { source, idempotencyKey, body, receivedAt, events }: SubmittedBatch,
  deduplicateIds: boolean,
): Submission {
  const { accepted, rejected, errors, allHaveId, heartbeat } = events;
  batches += 1;
  const batch = `${run}.${batches.toString(36)}`;
  const vouched = idempotencyKey !== undefined || allHaveId;
  const fingerprint = idempotencyKey === undefined ? "" : digestOf(body, FINGERPRINT_BYTES);
  return {
    source,
    ...splitLanes(events.events, receivedAt),
    receipt: { batch, accepted, rejected, errors, repeatedEvents: 0, repeated: false },
    ids: deduplicateIds ? nameEvents(source, events.events) : NO_IDS,
    heartbeat: heartbeat ? { source, minute: Math.floor(receivedAt / MINUTE_MS) * MINUTE_MS } : null,
    fingerprint,
    reservation: heartbeat
      ? null
      : {
          ...nameOf(
            `${source.length}:${source}${idempotencyKey === undefined ? "body:" : "key:"}`,
            idempotencyKey ?? body,
          ),
          source,
          value: valueOf({ batch, accepted, rejected, repeatedEvents: 0 }, fingerprint),
          errors: errors.length === 0 ? "" : JSON.stringify(errors),
          ttlMs: vouched ? KEPT_MS.vouched : KEPT_MS.equalBody,
        },
  };
}

/** What a repeat is answered, from what is kept of the first, and the fingerprint of that one's body. */
export function receiptOfRepeat(kept: string): { readonly receipt: BatchReceipt; readonly fingerprint: string } {
  const errorsFrom = kept.indexOf(" [");
  const [batch = "", accepted, counts = "", fingerprint = ""] = (
    errorsFrom < 0 ? kept : kept.slice(0, errorsFrom)
  ).split(" ");
  const errors = errorsFrom < 0 ? [] : (JSON.parse(kept.slice(errorsFrom)) as EventError[]);
  const [rejected, repeatedEvents = 0] = counts.split("+").map(Number);
  return {
    receipt: { batch, accepted: Number(accepted), rejected: rejected!, errors, repeatedEvents, repeated: true },
    fingerprint,
  };
}

/** What is kept of a batch for the answer to a repeat; `receiptOfRepeat` reads it. */
function valueOf(
  {
    batch,
    accepted,
    rejected,
    repeatedEvents,
  }: Pick<BatchReceipt, "batch" | "accepted" | "rejected" | "repeatedEvents">,
  fingerprint: string,
): string {
  const counts = repeatedEvents === 0 ? rejected : `${rejected}+${repeatedEvents}`;
  return [batch, accepted, counts, ...(fingerprint === "" ? [] : [fingerprint])].join(" ");
}

/** The submission without events whose id was seen, and with that in its receipt. Events without an id are never among them. */
export function withoutRepeats(submission: Submission, isRepeat: (id: IdName) => boolean): Submission {
  const repeats = new Set([...submission.ids].flatMap(([event, id]) => (isRepeat(id) ? [event] : [])));
  if (repeats.size === 0) return submission;
  const fresh = (event: RequestEvent) => !repeats.has(event);
  // The hours of a bucket are one event.
  const count = [...repeats].filter(({ part = 1 }) => part === 1).length;
  const { receipt, reservation } = submission;
  const told = {
    ...receipt,
    accepted: receipt.accepted - count,
    repeatedEvents: receipt.repeatedEvents + count,
  };
  return {
    ...submission,
    live: submission.live.filter(fresh),
    backfill: submission.backfill.filter(fresh),
    ids: new Map([...submission.ids].filter(([event]) => fresh(event))),
    receipt: told,
    reservation: reservation === null ? null : { ...reservation, value: valueOf(told, submission.fingerprint) },
  };
}

function nameEvents(source: string, events: readonly RequestEvent[]): ReadonlyMap<RequestEvent, IdName> {
  const named = events.filter(({ id }) => id !== "");
  return new Map(
    named.map((event) => {
      const { observedBy, keyId, id, part = 1 } = event;
      const text = `${observedBy}:${part}:${keyId.length}:${keyId}${id}`;
      return [event, { ...nameOf(`${source.length}:${source}id:`, text), source }];
    }),
  );
}

/** Whatever may be of any length is hashed with it, so that no two different names are hashed alike. */
function nameOf(scope: string, name: string | Buffer): { head: string; field: string } {
  const digest = createHash("sha256").update(scope).update(name).digest();
  return {
    head: (digest.readUInt16LE(0) % HEADS).toString(36),
    field: digest.subarray(2, 2 + FIELD_BYTES).toString("base64url"),
  };
}

function digestOf(body: Buffer, bytes: number): string {
  return createHash("sha256").update(body).digest().subarray(0, bytes).toString("base64url");
}
