import type { IngestStore } from "../../store/ingest/ingest-store.js";

/** Nothing waits for longer but what is lost, which the watch tells. */
const LOOK_BACK_MS = 3_600_000;

/** How many events of the hour before an instant (epoch ms) were acknowledged and are not recorded, as far as either is counted yet. */
export async function countUnrecorded(
  store: { readonly ingest: Pick<IngestStore, "readAcceptedEvents" | "readRecordedEvents"> },
  now: number,
): Promise<number> {
  const from = now - LOOK_BACK_MS;
  const sumOf = (lots: readonly { readonly events: number }[]) => lots.reduce((sum, { events }) => sum + events, 0);
  const [accepted, recorded] = await Promise.all([
    store.ingest.readAcceptedEvents(from),
    store.ingest.readRecordedEvents(from),
  ]);
  return Math.max(0, sumOf(accepted) - sumOf(recorded));
}
