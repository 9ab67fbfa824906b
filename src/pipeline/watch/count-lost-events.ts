import { lostEvents, type LostEvents } from "../../detect/lost-events.js";
import type { IngestStore } from "../../store/ingest/ingest-store.js";

/** A loss is told for so long. */
const LOOK_BACK_MS = 24 * 3_600_000;

export interface LossDeps {
  readonly store: { readonly ingest: Pick<IngestStore, "readAcceptedEvents" | "readRecordedEvents"> };
  /** Since when the oldest waits that is accepted and not recorded, epoch ms of Redis's clock; null: nothing waits. Throws what Redis throws. */
  readonly oldestWaitingAt: () => Promise<number | null>;
}

/**
 * Events that were acknowledged in the day before an instant (epoch ms) and are lost. The order of the three questions makes it exact:
 * what was counted as accepted before nothing of it waited any more has been counted as recorded since. Null when Redis does not say what waits. Throws what
 * ClickHouse throws.
 */
export async function countLostEvents({ store, oldestWaitingAt }: LossDeps, now: number): Promise<LostEvents[] | null> {
  const from = now - LOOK_BACK_MS;
  const accepted = await store.ingest.readAcceptedEvents(from);
  if (accepted.length === 0) return [];
  const waiting = await oldestWaitingAt().then(
    (oldestAt) => ({ oldestAt }),
    () => null,
  );
  if (waiting === null) return null;
  return lostEvents(accepted, waiting.oldestAt, await store.ingest.readRecordedEvents(from));
}
