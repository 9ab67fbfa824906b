import type { IngestBufferGroup } from "../../store/ingest/group-arguments.js";
import type { SourcedEvents } from "../../store/ingest/native-block.js";
import { blocksOf, shardBlocksOf } from "../../store/ingest/request-block.js";
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
export function encodeGroup(
  submissions: readonly Submission[],
  { maxEvents, shards, ...counting }: Counting & { readonly maxEvents: number; readonly shards: number },
) {
  const reserved = submissions.filter(({ reservation }) => reservation !== null);
  const [only] = submissions;
  const isAlone = submissions.length === 1 && only !== undefined && staysAlone(only, maxEvents);
  const parts = partsOf(submissions, ({ live: events }) => events);
  const live = parts.length === 0 ? [] : shardBlocksOf(parts, shards).map((block) => countBlock(block, counting));
  const groupToCommit: IngestBufferGroup = {
    shards,
    reservations: reserved.flatMap(({ reservation }) => reservation ?? []),
    ids: submissions.flatMap(({ ids }) => [...ids.values()]),
    heartbeats: submissions.flatMap(({ heartbeat }) => heartbeat ?? []),
    pieces: isAlone ? [] : live,
    alone: isAlone ? live : [],
    backfill: blocksOf(
      partsOf(submissions, ({ backfill }) => backfill),
      shards,
    ).map((block) => countBlock(block, counting)),
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
