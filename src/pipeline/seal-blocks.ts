import type { Intake } from "../store/intake.js";

export interface SealDeps {
  readonly intake: Pick<Intake, "seal">;
  /** Hands a sealed block to the workers. What fails here is made up for by `queueBlocks`. */
  readonly enqueue: (id: string) => Promise<void>;
  /** Age at which the open block is sealed, milliseconds. */
  readonly groupMs: number;
  readonly onProblem: (error: Error) => void;
}

export interface Sealer {
  /** Says that something was committed to the open block: it will be sealed in time. */
  readonly expect: () => void;
  /** Says that a commit has sealed a block. */
  readonly handOver: (id: string) => void;
  /** Seals what is open, hands everything over, and looks no more. */
  readonly close: () => Promise<void>;
}

/** After a failure to reach Redis the next look is so much later, milliseconds. */
const LOOK_AGAIN_MS = 1000;

/** Seals the open block when its time has come, however many processes look after it, and hands sealed blocks over. */
export function openSealer({ intake, enqueue, groupMs, onProblem }: SealDeps): Sealer {
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const underWay = new Set<Promise<void>>();
  const keep = (work: Promise<void>): void => {
    const kept = work.catch(onProblem).finally(() => underWay.delete(kept));
    underWay.add(kept);
  };
  const lookIn = (ms: number): void => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      keep(look());
    }, ms);
  };
  const look = async (): Promise<void> => {
    try {
      const result = await intake.seal(groupMs);
      if ("sealed" in result) await enqueue(result.sealed);
      else if (result.dueInMs !== null) lookIn(result.dueInMs);
    } catch (error) {
      lookIn(LOOK_AGAIN_MS);
      throw error;
    }
  };
  return {
    expect: () => lookIn(groupMs),
    handOver: (id) => keep(enqueue(id)),
    close: async () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      const last = async () => {
        const result = await intake.seal(0);
        if ("sealed" in result) await enqueue(result.sealed);
      };
      keep(last());
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
