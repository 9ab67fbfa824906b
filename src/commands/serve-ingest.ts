import type { App } from "../app.js";
import { openIngest, type Ingest } from "../pipeline/ingest/open-ingest.js";
import { MAX_EVENTS } from "../pipeline/ingest/read-events.js";
import { readRedisMemory } from "../store/redis/redis-memory.js";

/** The way of accepted events, as the environment sets it and the log tells of it. */
export function openServeIngest({ config, log, store, redis, ingestBuffer, clock, enqueueBlock }: App): Ingest {
  return openIngest({
    ingestBuffer,
    readMemory: async () => readRedisMemory(redis),
    insertAccepted: store.ingest.insertAcceptedEvents,
    enqueue: enqueueBlock,
    groupMs: config.PLIMSOLL_BATCH_MAX_WAIT_MS,
    // More at once would hold up whoever else is answered: a block is made of several commits.
    maxEvents: Math.min(config.PLIMSOLL_BATCH_MAX_EVENTS, MAX_EVENTS),
    shards: store.shards.length,
    deduplicateIds: config.PLIMSOLL_DEDUPLICATE_IDS === "on",
    limits: {
      memoryPercent: config.PLIMSOLL_REDIS_MEMORY_PERCENT,
      events: config.PLIMSOLL_QUEUE_EVENTS,
      ageMinutes: config.PLIMSOLL_QUEUE_MINUTES,
    },
    onPressure: (reason) => {
      if (reason === null) log.info("ingest accepts events again");
      else log.error(reason, "ingest refuses events for now");
    },
    onWaiting: (lane, { message }) => log.warn({ problem: message, lane }, "a block is left to the next recovery pass"),
    now: clock.now,
  });
}
