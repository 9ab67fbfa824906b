import { REDIS_PREFIX } from "../app.js";
import type { Config } from "../config.js";
import { judgeClocks } from "../detect/judge-clocks.js";
import { judgeLostEvents } from "../detect/lost-events.js";
import { countLostEvents } from "../pipeline/watch/count-lost-events.js";
import { connectRedisOnce } from "../store/redis/connect-redis-once.js";
import { withinDeadline } from "../flow/deadline.js";
import { openIngestBuffer } from "../store/ingest/ingest-buffer.js";
import { openSkewedProcesses } from "../store/watch/skewed-processes.js";
import { openStore } from "../store/store.js";
import { ANSWER_MS, diagnose, fail, ok, type Diagnosis } from "./diagnosis.js";
import { oldestWaitingAt } from "../store/ingest/buffer-depth.js";

/** What is on file about checks, clocks and events; both services must answer. */
export async function examineFile(
  config: Config,
): Promise<{ readonly diagnoses: readonly Diagnosis[]; readonly hasChecked: boolean }> {
  const store = openStore(config.CLICKHOUSE_URL);
  const redis = await connectRedisOnce(config.REDIS_URL, ANSWER_MS);
  let hasChecked = false;
  try {
    const diagnoses = await diagnose("events", "ClickHouse", async () =>
      withinDeadline(ANSWER_MS, async () => {
        const now = await store.readClock();
        const ingestBuffer = openIngestBuffer(redis, REDIS_PREFIX, { maxRows: 1 });
        const waitingSince = async () => oldestWaitingAt(await ingestBuffer.depth());
        const [progress, sources, skewed, lost] = await Promise.all([
          store.watch.readCheckProgress(),
          store.watch.readLiveSources(now),
          openSkewedProcesses(redis, REDIS_PREFIX).read(now),
          countLostEvents({ store, oldestWaitingAt: waitingSince }, now),
        ]);
        hasChecked = progress !== null;
        const checksUntil = progress?.futureUntil ?? null;
        const clocks = judgeClocks({ apartMs: null, skewed, checksUntil, sources }, now);
        return [
          ...(clocks.length === 0
            ? [ok("recorded times", "nothing is dated in the future")]
            : clocks.map(({ summary, whatToDo }) => fail("recorded times", summary, whatToDo))),
          ...(lost === null || lost.length === 0
            ? [ok("acknowledged events", "all of the last day are recorded or waiting")]
            : judgeLostEvents(lost).map(({ summary, whatToDo }) => fail("acknowledged events", summary, whatToDo))),
        ];
      }),
    );
    return { diagnoses, hasChecked };
  } finally {
    redis.disconnect();
    await store.close();
  }
}
