import type { Lane } from "../../store/ingest/lane.js";

/** Old rows wait so many times longer for more of their week: nobody judges by them now, and each insert makes a part for every day. */
const BACKFILL_PATIENCE = 4;

/** Age at which an open block of a lane is sealed, where a live one is at `groupMs`; milliseconds. */
export function sealAgeMs(lane: Lane, groupMs: number): number {
  return lane === "live" ? groupMs : groupMs * BACKFILL_PATIENCE;
}
