import { setTimeout as pause } from "node:timers/promises";
import { DeadlinePassed } from "../../flow/deadline.js";
import type { EventCount } from "../../store/ingest/event-counts.js";
import type { IngestBuffer, SealedBlock } from "../../store/ingest/ingest-buffer.js";
import type { Lane } from "../../store/ingest/lane.js";
import type { Counting } from "./count-block.js";
import { claimIds, encodeGroup, staysAlone } from "./encode-group.js";
import {
  receiptOfRepeat,
  submissionOf,
  withoutRepeats,
  type BatchReceipt,
  type Submission,
  type SubmittedBatch,
} from "./submit-batch.js";

/** The ingest buffer takes nothing now. Nothing was accepted. */
export class IngestBufferFull extends Error {
  override readonly name = "IntakeFull";
}

/** Redis did not answer as it should within 2 s. Whether the batch was committed is unknown; submitting it again is safe. */
export class IngestBufferUnreachable extends Error {
  override readonly name = "IntakeUnreachable";
}

/** The idempotency key belongs to another body. Nothing was accepted. */
export class IdempotencyKeyReused extends Error {
  override readonly name = "IdempotencyKeyReused";
}

export interface CommitDeps extends Counting {
  readonly ingestBuffer: Pick<IngestBuffer, "commit">;
  /** Told of each block that was sealed. Must not throw: a block that nobody was told of is found by itself, later. */
  readonly onSealed: (block: SealedBlock) => void;
  /** Told after each commit that left something in an open block of the lane. */
  readonly onOpen: (lane: Lane) => void;
  /** Told how many events of which source each commit made durable, at an instant (epoch ms of Redis's clock). Must not throw. */
  readonly onAccepted: (counts: readonly EventCount[], at: number) => void;
  /** Events that are committed together at most; a batch with half as many is committed alone. */
  readonly maxEvents: number;
  /** How many shards the rows are split over, until the buffer says that there are others. */
  readonly shards: number;
  /** Whether an event whose id its source sent within 24 h, in whatever body, is a repeat that is not counted. */
  readonly deduplicateIds: boolean;
}

export interface GroupCommit {
  /**
   * Makes a batch durable, once however often it is submitted. Together with those that are submitted while a commit is under way.
   * @throws IntakeFull, IntakeUnreachable, IdempotencyKeyReused
   */
  readonly submit: (batch: SubmittedBatch) => Promise<BatchReceipt>;
  /** Resolves when everything that was submitted is committed or has failed. */
  readonly settled: () => Promise<void>;
}

interface Waiting {
  readonly submission: Submission;
  readonly resolve: (receipt: BatchReceipt) => void;
  readonly reject: (error: unknown) => void;
}

/** Less than the patience of the senders' own clients. */
const DEADLINE_MS = 2000;
/** Commits follow each other no faster than this: more batches share one, and nobody notices. */
const PACE_MS = 3;

/**
 * Commits batches to the ingest buffer in groups: what arrives while one commit is under way is the next one, so that a group grows with
 * the traffic and nobody waits for a clock.
 */
export function openGroupCommit({ ...deps }: CommitDeps): GroupCommit {
  let waiting: Waiting[] = [];
  let grouping = false;
  const underWay = new Set<Promise<void>>();
  const byName = new Map<string, { readonly fingerprint: string; readonly receipt: Promise<BatchReceipt> }>();

  const commitWaiting = async (): Promise<void> => {
    // Requests that arrived with this one are read in this turn of the event loop.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = takeUpTo(waiting, deps.maxEvents);
      waiting = waiting.slice(group.length);
      await Promise.all([commitAll(deps, group), pause(PACE_MS)]);
    }
    grouping = false;
  };
  const keep = (work: Promise<void>): void => {
    const kept = work.finally(() => underWay.delete(kept));
    underWay.add(kept);
  };
  const start = (one: Waiting): void => {
    if (staysAlone(one.submission, deps.maxEvents)) return keep(commitAll(deps, [one]));
    waiting.push(one);
    if (grouping) return;
    grouping = true;
    keep(commitWaiting());
  };
  const submitOnce = async (submission: Submission): Promise<BatchReceipt> =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        waiting = waiting.filter((other) => other.submission !== submission);
        reject(named(error));
      };
      const timer = setTimeout(() => fail(new DeadlinePassed(DEADLINE_MS)), DEADLINE_MS);
      const answer = (receipt: BatchReceipt): void => {
        clearTimeout(timer);
        resolve(receipt);
      };
      start({ submission, resolve: answer, reject: fail });
    });
  return {
    async submit(batch) {
      const submission = submissionOf(batch, deps.deduplicateIds);
      if (submission.reservation === null) return submitOnce(submission);
      const { fingerprint, reservation } = submission;
      const name = `${reservation.head}.${reservation.field}`;
      const twin = byName.get(name);
      if (twin !== undefined) {
        if (twin.fingerprint !== fingerprint) throw new IdempotencyKeyReused("in progress with another body");
        return { ...(await twin.receipt), repeated: true };
      }
      const receipt = submitOnce(submission);
      byName.set(name, { fingerprint, receipt });
      try {
        return await receipt;
      } finally {
        byName.delete(name);
      }
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function takeUpTo(waiting: readonly Waiting[], maxEvents: number): Waiting[] {
  let events = 0;
  const end = waiting.findIndex(({ submission: { live, backfill } }, index) => {
    events += live.length + backfill.length;
    return index > 0 && events > maxEvents;
  });
  return waiting.slice(0, end < 0 ? waiting.length : end);
}

/** Commits a group, without those that turn out to be repeats; each is answered or has failed when it settles. */
async function commitAll(deps: CommitDeps & { shards: number }, group: readonly Waiting[]): Promise<void> {
  let fresh = group;
  let submissions = group.map(({ submission }) => submission);
  try {
    while (fresh.length > 0) {
      submissions = claimIds(submissions);
      const { groupToCommit, reserved } = encodeGroup(submissions, deps);
      const result = await deps.ingestBuffer.commit(groupToCommit);
      if (result.kind === "committed") {
        const { pieces, alone, backfill } = groupToCommit;
        const counts = [...pieces, ...alone, ...backfill].flatMap((block) => block.counts);
        deps.onAccepted(counts, result.at);
        for (const block of result.sealed) deps.onSealed(block);
        if (pieces.length > 0 || groupToCommit.heartbeats.length > 0) deps.onOpen("live");
        if (backfill.length > 0) deps.onOpen("backfill");
        for (const [index, { resolve }] of fresh.entries()) resolve(submissions[index]!.receipt);
        return;
      }
      if (result.kind === "other_shards") {
        deps.shards = result.shards; // A server was added since this process began.
        continue;
      }
      if (result.kind === "ids_held") {
        const held = new Set(result.places.map((place) => groupToCommit.ids[place]));
        submissions = submissions.map((submission) => withoutRepeats(submission, (id) => held.has(id)));
        continue;
      }
      const heldBy = new Map(reserved.map((submission, index) => [submission, result.values[index] ?? null]));
      const heldAt = submissions.map((submission) => heldBy.get(submission) ?? null);
      for (const [index, held] of heldAt.entries()) if (held !== null) answerRepeat(fresh[index]!, held);
      fresh = fresh.filter((_, index) => heldAt[index] === null);
      submissions = submissions.filter((_, index) => heldAt[index] === null);
    }
  } catch (error) {
    for (const { reject } of fresh) reject(error);
  }
}

function answerRepeat({ submission, resolve, reject }: Waiting, held: string): void {
  const { receipt, fingerprint } = receiptOfRepeat(held);
  if (fingerprint === submission.fingerprint) resolve(receipt);
  else reject(new IdempotencyKeyReused("held by another body"));
}

function named(error: unknown): Error {
  if (error instanceof IngestBufferFull || error instanceof IdempotencyKeyReused) return error;
  // At `maxmemory`: the script had written nothing.
  const outOfMemory = error instanceof Error && error.message.startsWith("OOM");
  return outOfMemory
    ? new IngestBufferFull("Redis has no memory left", { cause: error })
    : new IngestBufferUnreachable("the queue is unreachable", { cause: error });
}
