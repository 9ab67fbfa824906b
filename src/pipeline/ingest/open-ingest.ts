import { randomBytes } from "node:crypto";
import { withinDeadline } from "../../flow/deadline.js";
import type { IngestBuffer, SealedBlock } from "../../store/ingest/ingest-buffer.js";
import type { Lane } from "../../store/ingest/lane.js";
import type { RedisMemory } from "../../store/redis/redis-memory.js";
import { openAcceptedLedger, type LedgerDeps } from "./accepted-ledger.js";
import { openGroupCommit, type CommitDeps, type GroupCommit } from "./commit-groups.js";
import type { PressureReading } from "./judge-pressure.js";
import { sealAgeMs } from "./lane-age.js";
import { openSealer, type Sealer } from "./seal-blocks.js";
import { watchPressure, type PressureDeps, type PressureWatch } from "./watch-pressure.js";

/** What was acknowledged is on file so soon: a loss is known about as soon. */
const LEDGER_EVERY_MS = 10_000;
/** ClickHouse may be away; a count that is lost tells of no loss. */
const LEDGER_CLOSE_MS = 3000;

export interface IngestDeps extends Pick<CommitDeps, "maxEvents" | "shards" | "deduplicateIds" | "now"> {
  readonly ingestBuffer: IngestBuffer;
  readonly readMemory: () => Promise<RedisMemory>;
  readonly insertAccepted: LedgerDeps["insert"];
  /** Hands a sealed block over to whoever records it. */
  readonly enqueue: (block: SealedBlock) => Promise<void>;
  /** Age (ms) at which an open block of the live lane is sealed. */
  readonly groupMs: number;
  readonly limits: PressureDeps["limits"];
  readonly onPressure: PressureDeps["onChange"];
  /** Hears why a block could not be handed over: it waits for the next look. */
  readonly onWaiting: (lane: Lane, problem: Error) => void;
}

/** The way of accepted events into the buffer. */
export interface Ingest {
  readonly commit: GroupCommit;
  readonly pressure: PressureWatch;
  /** Throws what Redis throws. */
  readonly readWaiting: () => Promise<PressureReading>;
  /** Commits what is under way and hands it over; close the server before. */
  readonly close: () => Promise<void>;
}

/** Opens what commits events, seals blocks, counts what was acknowledged, and says when there is no room. */
export function openIngest(deps: IngestDeps): Ingest {
  const { ingestBuffer } = deps;
  const sealerOf = (lane: Lane) =>
    openSealer({
      lane,
      ingestBuffer,
      enqueue: async (id) => deps.enqueue({ lane, id }),
      groupMs: sealAgeMs(lane, deps.groupMs),
      onProblem: (problem) => deps.onWaiting(lane, problem),
    });
  const sealers: Readonly<Record<Lane, Sealer>> = { live: sealerOf("live"), backfill: sealerOf("backfill") };
  const readWaiting = async (): Promise<PressureReading> => {
    const [depth, memory, keptBytes] = await Promise.all([
      ingestBuffer.depth(),
      deps.readMemory(),
      ingestBuffer.keptBytes(),
    ]);
    return { depth, memory, keptBytes };
  };
  const pressure = watchPressure({ read: readWaiting, limits: deps.limits, onChange: deps.onPressure });
  const ledger = openAcceptedLedger({ insert: deps.insertAccepted, everyMs: LEDGER_EVERY_MS });
  const commit = openGroupCommit({
    ingestBuffer: {
      commit: async (group) => {
        const blocks = [...group.pieces, ...group.alone, ...group.backfill];
        pressure.add(blocks.reduce((sum, block) => sum + block.data.length, 0));
        return ingestBuffer.commit(group);
      },
    },
    onSealed: ({ lane, id }) => sealers[lane].handOver(id),
    onOpen: (lane) => sealers[lane].expect(),
    onAccepted: ledger.add,
    process: randomBytes(9).toString("base64url"),
    now: deps.now,
    maxEvents: deps.maxEvents,
    shards: deps.shards,
    deduplicateIds: deps.deduplicateIds,
  });
  return {
    commit,
    pressure,
    readWaiting,
    close: async () => {
      pressure.close();
      await commit.settled();
      await Promise.all([sealers.live.close(), sealers.backfill.close()]);
      await withinDeadline(LEDGER_CLOSE_MS, ledger.close).catch(() => undefined);
    },
  };
}
