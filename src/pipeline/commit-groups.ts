import { setTimeout as pause } from "node:timers/promises";
import { DeadlinePassed } from "../store/deadline.js";
import type { EventCount } from "../store/event-counts.js";
import type { Intake, IntakeGroup } from "../store/intake.js";
import { blockOf, blocksOf } from "../store/request-block.js";
import { countBlock } from "./count-block.js";
import {
  receiptOfRepeat,
  submissionOf,
  type BatchReceipt,
  type Submission,
  type SubmittedBatch,
} from "./submit-batch.js";

/** The intake takes nothing now. Nothing was accepted. */
export class IntakeFull extends Error {
  override readonly name = "IntakeFull";
}

/** Redis did not answer as it should within 2 s. Whether the batch was committed is unknown; submitting it again is safe. */
export class IntakeUnreachable extends Error {
  override readonly name = "IntakeUnreachable";
}

export interface CommitDeps {
  readonly intake: Pick<Intake, "commit">;
  /** Told of each block that was sealed. Must not throw: a block that nobody was told of is found by itself, later. */
  readonly onSealed: (id: string) => void;
  /** Told after each commit that left something in the open block. */
  readonly onOpen: () => void;
  /** Told how many events of which source each commit made durable, at an instant (epoch ms of Redis's clock). Must not throw. */
  readonly onAccepted: (counts: readonly EventCount[], at: number) => void;
  /** Name of this run, which no other has. */
  readonly process: string;
  readonly now: () => number;
  /** Events that are committed together at most; a batch with half as many is committed alone. */
  readonly maxEvents: number;
}

export interface GroupCommit {
  /**
   * Makes a batch durable, once however often it is submitted. Together with those that are submitted while a commit is under way.
   * @throws IntakeFull, IntakeUnreachable
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
const DAY_MS = 86_400_000;

/**
 * Commits batches to the intake in groups: what arrives while one commit is under way is the next one, so that a group grows with
 * the traffic and nobody waits for a clock.
 */
export function openGroupCommit(deps: CommitDeps): GroupCommit {
  let waiting: Waiting[] = [];
  let grouping = false;
  const underWay = new Set<Promise<void>>();
  const byName = new Map<string, Promise<BatchReceipt>>();

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
    if (staysAlone(one.submission, deps)) return keep(commitAll(deps, [one]));
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
      const submission = submissionOf(batch);
      const name = submission.reservation?.key;
      if (name === undefined) return submitOnce(submission);
      const twin = byName.get(name);
      if (twin !== undefined) return { ...(await twin), repeated: true };
      const first = submitOnce(submission);
      byName.set(name, first);
      try {
        return await first;
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
  const end = waiting.findIndex(({ submission }, index) => {
    events += submission.events.length;
    return index > 0 && events > maxEvents;
  });
  return waiting.slice(0, end < 0 ? waiting.length : end);
}

/** Large batches fill a block by themselves, and those of many days would give one too many partitions. */
function staysAlone({ events }: Submission, { maxEvents, now }: CommitDeps): boolean {
  if (events.length >= maxEvents / 2) return true;
  const yesterday = Math.floor(now() / DAY_MS - 1) * DAY_MS;
  return events.some(({ ts }) => ts < yesterday);
}

/** Commits a group, without those that turn out to be repeats; each is answered or has failed when it settles. */
async function commitAll(deps: CommitDeps, group: readonly Waiting[]): Promise<void> {
  let fresh = group;
  try {
    while (fresh.length > 0) {
      const { groupToCommit, reserved } = encode(
        fresh.map(({ submission }) => submission),
        deps,
      );
      const result = await deps.intake.commit(groupToCommit);
      if (result.kind === "committed") {
        const { piece, alone } = groupToCommit;
        deps.onAccepted(
          [piece, ...alone].flatMap((block) => block?.counts ?? []),
          result.at,
        );
        for (const id of result.sealed) deps.onSealed(id);
        if (result.sealed.length === 0) deps.onOpen();
        for (const { submission, resolve } of fresh) resolve(submission.receipt);
        return;
      }
      const heldBy = new Map(reserved.map((submission, index) => [submission, result.values[index] ?? null]));
      for (const { submission, resolve } of fresh) {
        const held = heldBy.get(submission) ?? null;
        if (held !== null) resolve(receiptOfRepeat(held));
      }
      fresh = fresh.filter(({ submission }) => (heldBy.get(submission) ?? null) === null);
    }
  } catch (error) {
    for (const { reject } of fresh) reject(error);
  }
}

function encode(submissions: readonly Submission[], deps: CommitDeps) {
  const reserved = submissions.filter(({ reservation }) => reservation !== null);
  const [only] = submissions;
  const isAlone = submissions.length === 1 && only !== undefined && staysAlone(only, deps);
  const withEvents = submissions.filter(({ events }) => events.length > 0);
  const groupToCommit: IntakeGroup = {
    reservations: reserved.flatMap(({ reservation }) => reservation ?? []),
    heartbeats: submissions.flatMap(({ heartbeat }) => heartbeat ?? []),
    piece: isAlone || withEvents.length === 0 ? null : countBlock(blockOf(withEvents), withEvents, deps),
    alone: isAlone ? blocksOf(only.events, only.source).map((block) => countBlock(block, [only], deps)) : [],
  };
  return { groupToCommit, reserved };
}

function named(error: unknown): IntakeFull | IntakeUnreachable {
  if (error instanceof IntakeFull) return error;
  // At `maxmemory`: the script had written nothing.
  const outOfMemory = error instanceof Error && error.message.startsWith("OOM");
  return outOfMemory
    ? new IntakeFull("Redis has no memory left", { cause: error })
    : new IntakeUnreachable("the intake is unreachable", { cause: error });
}
