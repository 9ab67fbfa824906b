import { oldestWaitingAt, type IngestBufferDepth } from "../../store/ingest/buffer-depth.js";

export interface AwaitRecordedDeps {
  /** What waits in the ingest buffer; throws what Redis throws. */
  readonly depth: () => Promise<IngestBufferDepth>;
  readonly pause: (ms: number) => Promise<void>;
  /** Hears of each look at which something waits: so many events. */
  readonly onWaiting: (events: number) => void;
  /** For how long nothing of it may be recorded before it is given up, in milliseconds. */
  readonly patienceMs: number;
}

const LOOK_EVERY_MS = 250;

/**
 * Waits until all is recorded that was acknowledged before: what follows may read it. Returns 0, or how many events wait where none of them was
 * recorded for `patienceMs`. What is acknowledged meanwhile is not waited for.
 */
export async function awaitRecorded({ depth, pause, onWaiting, patienceMs }: AwaitRecordedDeps): Promise<number> {
  const first = await depth();
  let [now, fewest, movedAt] = [first, eventsIn(first), first.readAt];
  let oldest = oldestWaitingAt(first);
  for (;;) {
    const since = oldestWaitingAt(now);
    if (since === null || since > first.readAt) return 0;
    const events = eventsIn(now);
    if (events < fewest || since !== oldest) movedAt = now.readAt;
    [fewest, oldest] = [Math.min(fewest, events), since];
    // A group without an event is the heartbeat of a source.
    if (now.readAt - movedAt > patienceMs) return events;
    if (events > 0) onWaiting(events);
    await pause(LOOK_EVERY_MS);
    now = await depth();
  }
}

/** How many events are acknowledged and not recorded yet. */
export function eventsIn({ live, backfill }: IngestBufferDepth): number {
  return live.rows + backfill.rows;
}
