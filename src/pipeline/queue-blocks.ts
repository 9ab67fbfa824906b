import type { Intake } from "../store/intake.js";

export interface QueueBlocksDeps {
  readonly intake: Pick<Intake, "seal" | "sealedIds">;
  /** Those of the blocks that no job of the queue speaks of. */
  readonly withoutJob: (ids: readonly string[]) => Promise<readonly string[]>;
  readonly enqueue: (id: string) => Promise<void>;
  /** Age at which a process seals its open block, milliseconds. */
  readonly groupMs: number;
}

/** Blocks that are looked at in one run, oldest first: an hour of them at two a second. */
const LOOKED_AT = 10_000;
/** Whoever committed to the open block gets so much longer to seal it: after that it must have died. */
const PATIENCE_MS = 2000;

/**
 * Hands over every block that was committed and, after a crash, is in no queue; seals the open one that a dead process left. What was
 * answered 202 thus depends on no process. A block whose job was just added by somebody else is not added twice.
 */
export async function queueBlocks(deps: QueueBlocksDeps): Promise<{ readonly handedOver: number }> {
  await deps.intake.seal(deps.groupMs + PATIENCE_MS);
  const left = await deps.withoutJob(await deps.intake.sealedIds(LOOKED_AT));
  for (const id of left) await deps.enqueue(id);
  return { handedOver: left.length };
}
