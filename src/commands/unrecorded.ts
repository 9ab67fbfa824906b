import { setTimeout as pause } from "node:timers/promises";
import { REDIS_PREFIX } from "../app.js";
import type { Config } from "../config.js";
import { awaitRecorded, eventsIn } from "../pipeline/ingest/await-recorded.js";
import { countUnrecorded } from "../pipeline/watch/count-unrecorded.js";
import { openIngestBuffer, type IngestBuffer } from "../store/ingest/ingest-buffer.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import type { Store } from "../store/store.js";
import { countedText } from "../text/amounts.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** Redis answers in milliseconds, or somebody has to look at it. */
const ANSWER_MS = 3_000;
/** A block takes seconds, and some tries more where ClickHouse is busy. */
const PATIENCE_MS = 60_000;

/** Waits, and says so on stderr, until what was acknowledged before is recorded. @throws CommandFailure where it is not, and what Redis throws */
export async function untilRecorded(config: Config): Promise<void> {
  let isSaid = false;
  const onWaiting = (events: number) => {
    if (!isSaid) process.stderr.write(`waiting until ${notYet(events)}\n`);
    isSaid = true;
  };
  const left = await withBuffer(config, async (buffer) =>
    awaitRecorded({
      depth: buffer.depth,
      pause: async (ms) => pause(ms),
      onWaiting,
      patienceMs: PATIENCE_MS,
    }),
  );
  if (left === 0) return;
  throw new CommandFailure(
    EXIT.badNews,
    `nothing was done: ${countedText(left, "acknowledged event")} ${left === 1 ? "is" : "are"} not recorded, and none was in the last minute: see that \`plimsoll work\` is running (\`plimsoll doctor\` says what is wrong)`,
  );
}

/** A sentence on acknowledged events that are not recorded yet, so that they cannot be found; null where there are none. */
export async function unrecordedText(config: Config, store: Store): Promise<string | null> {
  // Without Redis the ledger knows, some seconds late.
  const events = await withBuffer(config, async (buffer) => eventsIn(await buffer.depth())).catch(async () =>
    countUnrecorded(store, await store.readClock()),
  );
  return events === 0 ? null : `${notRecorded(events)} yet, and may be of this key: repeat this in a minute`;
}

const notYet = (events: number) =>
  `${countedText(events, "acknowledged event")} ${events === 1 ? "is" : "are"} recorded`;
const notRecorded = (events: number) =>
  `${countedText(events, "acknowledged event")} ${events === 1 ? "is" : "are"} not recorded`;

async function withBuffer<Result>(config: Config, ask: (buffer: IngestBuffer) => Promise<Result>): Promise<Result> {
  const redis = await connectRedisOnce(config.REDIS_URL, ANSWER_MS);
  try {
    return await ask(openIngestBuffer(redis, REDIS_PREFIX, { maxRows: 1 }));
  } finally {
    redis.disconnect();
  }
}
