import type { IngestBuffer, SealedBlock } from "../../store/ingest/ingest-buffer.js";
import { LANES, type Lane } from "../../store/ingest/lane.js";
import { sealAgeMs } from "./lane-age.js";

export interface RecoverBlocksDeps {
  readonly ingestBuffer: Pick<IngestBuffer, "seal" | "sealedIds">;
  /** Those of a lane's blocks that no job of its queue speaks of. */
  readonly withoutJob: (lane: Lane, ids: readonly string[]) => Promise<readonly string[]>;
  readonly enqueue: (block: SealedBlock) => Promise<void>;
  /** Age at which a process seals its open live block, milliseconds. */
  readonly groupMs: number;
}

/** Blocks of a lane that are asked for at once: those for a server that is away may be many, and others wait behind them. */
const LOOKED_AT = 10_000;
/** Whoever committed to an open block gets so much longer to seal it: after that it must have died. */
const PATIENCE_MS = 2000;

/**
 * Hands over every block that was committed and, after a crash, is in no queue; seals the open ones that a dead process left. What was
 * answered 202 thus depends on no process. A block whose job was just added by somebody else is not added twice.
 */
export async function recoverBlocks(deps: RecoverBlocksDeps): Promise<{ readonly handedOver: number }> {
  let handedOver = 0;
  for (const lane of LANES) {
    await deps.ingestBuffer.seal(lane, sealAgeMs(lane, deps.groupMs) + PATIENCE_MS);
    for (let looked = 0, ids: readonly string[]; ; looked += LOOKED_AT) {
      ids = await deps.ingestBuffer.sealedIds(lane, LOOKED_AT, looked);
      const left = await deps.withoutJob(lane, ids);
      for (const id of left) await deps.enqueue({ lane, id });
      handedOver += left.length;
      if (ids.length < LOOKED_AT) break;
    }
  }
  return { handedOver };
}
