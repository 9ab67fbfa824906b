import type { IngestBufferGroup } from "../../store/ingest/ingest-buffer.js";
import type { SourcedEvents } from "../../store/ingest/native-block.js";
import { blockOf, blocksOf } from "../../store/ingest/request-block.js";
import { countBlock, type Counting } from "./count-block.js";
import { withoutRepeats, type Submission } from "./submit-batch.js";

/** Many live events fill a block by themselves: what joins them would wait for them. */
export function staysAlone({ live }: Submission, maxEvents: number): boolean {
  return live.length >= maxEvents / 2;
}

/** Submissions of which each id is in one event only: the first that came with it counts. */
export function claimIds(submissions: readonly Submission[]): Submission[] {
  const claimed = new Set<string>();
  return submissions.map((submission) =>
    withoutRepeats(submission, ({ head, field }) => {
      const before = claimed.size;
      return claimed.add(`${head}.${field}`).size === before;
    }),
  );
}

/** What is committed of submissions, and those of them that have a name, in the order of their names. */
export function encodeGroup(submissions: readonly Submission[], maxEvents: number, counting: Counting) {
  const reserved = submissions.filter(({ reservation }) => reservation !== null);
  const [only] = submissions;
  const isAlone = submissions.length === 1 && only !== undefined && staysAlone(only, maxEvents);
  const live = partsOf(submissions, ({ live: events }) => events);
  const groupToCommit: IngestBufferGroup = {
    reservations: reserved.flatMap(({ reservation }) => reservation ?? []),
    ids: submissions.flatMap(({ ids }) => [...ids.values()]),
    heartbeats: submissions.flatMap(({ heartbeat }) => heartbeat ?? []),
    piece: isAlone || live.length === 0 ? null : countBlock(blockOf(live), counting),
    alone: isAlone ? [countBlock(blockOf(live), counting)] : [],
    backfill: blocksOf(partsOf(submissions, ({ backfill }) => backfill)).map((block) => countBlock(block, counting)),
  };
  return { groupToCommit, reserved };
}

function partsOf(
  submissions: readonly Submission[],
  eventsOf: (submission: Submission) => SourcedEvents["events"],
): SourcedEvents[] {
  return submissions
    .map((submission) => ({ source: submission.source, events: eventsOf(submission) }))
    .filter(({ events }) => events.length > 0);
}
