import type { IngestBuffer } from "../../store/ingest/ingest-buffer.js";
import type { Lane } from "../../store/ingest/lane.js";

export interface SealDeps {
  readonly lane: Lane;
  readonly ingestBuffer: Pick<IngestBuffer, "seal">;
  /** Hands a sealed block to the workers. What fails here is made up for by `recoverBlocks`. */
  readonly enqueue: (id: string) => Promise<void>;
  /** Age at which an open block is sealed, milliseconds. */
  readonly groupMs: number;
  readonly onProblem: (error: Error) => void;
}

export interface Sealer {
  /** Says that something was committed to an open block: it will be sealed in time. */
  readonly expect: () => void;
  /** Says that a commit has sealed a block. */
  readonly handOver: (id: string) => void;
  /** Seals what is open, hands everything over, and looks no more. */
  readonly close: () => Promise<void>;
}

/** After a failure to reach Redis the next look is so much later, milliseconds. */
const LOOK_AGAIN_MS = 1000;

/** Seals a lane's open blocks when their time has come, however many processes look after them, and hands sealed blocks over. */
export function openSealer({ lane, ingestBuffer, enqueue, groupMs, onProblem }: SealDeps): Sealer {
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
  const seal = async (leastAgeMs: number): Promise<void> => {
    const { sealed, dueInMs } = await ingestBuffer.seal(lane, leastAgeMs);
    if (dueInMs !== null) lookIn(dueInMs);
    for (const id of sealed) await enqueue(id);
  };
  const look = async (): Promise<void> => {
    try {
      await seal(groupMs);
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
      keep(seal(0));
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
