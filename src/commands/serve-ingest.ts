import { randomBytes } from "node:crypto";
import type { App } from "../app.js";
import { openAcceptedLedger } from "../pipeline/ingest/accepted-ledger.js";
import { openGroupCommit, type GroupCommit } from "../pipeline/ingest/commit-groups.js";
import type { PressureReading } from "../pipeline/ingest/judge-pressure.js";
import { sealAgeMs } from "../pipeline/ingest/lane-age.js";
import { openSealer, type Sealer } from "../pipeline/ingest/seal-blocks.js";
import { watchPressure } from "../pipeline/ingest/watch-pressure.js";
import { withinDeadline } from "../flow/deadline.js";
import type { Lane } from "../store/ingest/lane.js";
import { readRedisMemory } from "../store/redis/redis-memory.js";

/** What was acknowledged is on file so soon: a loss is known about as soon. */
const LEDGER_EVERY_MS = 10_000;
/** ClickHouse may be away; a count that is lost tells of no loss. */
const LEDGER_CLOSE_MS = 3000;

/** The way of accepted events into the intake. */
export interface ServeIngest {
  readonly commit: GroupCommit;
  readonly pressure: ReturnType<typeof watchPressure>;
  /** Throws what Redis throws. */
  readonly readWaiting: () => Promise<PressureReading>;
  /** Commits what is under way and hands it over; close the server before. */
  readonly close: () => Promise<void>;
}

/** Opens what commits events, seals blocks, counts what was acknowledged, and says when there is no room. */
export function openServeIngest(app: App): ServeIngest {
  const { config, log, store, redis, intake, clock } = app;
  const sealerOf = (lane: Lane) =>
    openSealer({
      lane,
      intake,
      enqueue: async (id) => app.enqueueBlock({ lane, id }),
      groupMs: sealAgeMs(lane, config.PLIMSOLL_GROUP_MS),
      onProblem: ({ message }) => log.warn({ problem: message, lane }, "a block waits for the next look"),
    });
  const sealers: Readonly<Record<Lane, Sealer>> = { live: sealerOf("live"), backfill: sealerOf("backfill") };
  const readWaiting = async (): Promise<PressureReading> => {
    const [depth, memory, keptBytes] = await Promise.all([intake.depth(), readRedisMemory(redis), intake.keptBytes()]);
    return { depth, memory, keptBytes };
  };
  const pressure = watchPressure({
    read: readWaiting,
    limits: {
      memoryPercent: config.PLIMSOLL_REDIS_MEMORY_PERCENT,
      events: config.PLIMSOLL_QUEUE_EVENTS,
      ageMinutes: config.PLIMSOLL_QUEUE_MINUTES,
    },
    onChange: (reason) => {
      if (reason === null) log.info("ingest takes events again");
      else log.error(reason, "ingest takes no events for now");
    },
  });
  const ledger = openAcceptedLedger({ insert: store.insertAcceptedEvents, everyMs: LEDGER_EVERY_MS });
  const commit = openGroupCommit({
    intake: {
      commit: async (group) => {
        const blocks = [group.piece, ...group.alone, ...group.backfill];
        pressure.add(blocks.reduce((sum, block) => sum + (block?.data.length ?? 0), 0));
        return intake.commit(group);
      },
    },
    onSealed: ({ lane, id }) => sealers[lane].handOver(id),
    onOpen: (lane) => sealers[lane].expect(),
    onAccepted: ledger.add,
    process: randomBytes(9).toString("base64url"),
    now: clock.now,
    maxEvents: config.PLIMSOLL_GROUP_EVENTS,
    deduplicateIds: config.PLIMSOLL_DEDUPLICATE_IDS === "on",
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
