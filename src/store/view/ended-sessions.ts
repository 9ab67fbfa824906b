import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import { withinDeadline } from "../../flow/deadline.js";

/** A page waits for Redis no longer than that. */
const ANSWER_WITHIN_MS = 500;
/** A session that is so much older than what Redis remembers may be one that was ended: a sign-in waits that long for its first page at most. */
const UNREMEMBERED_MS = 60_000;
/** Who ends so many in one shift has a token, and starts with the oldest again. */
const MOST_REMEMBERED = 10_000;

/** Sessions of the pages that somebody has ended before their time. */
export interface EndedSessions {
  /** Ends one that would count until then (epoch ms): here at once, and in every other `serve` unless this gives false. */
  end(id: string, until: number): Promise<boolean>;
  /**
   * Whether one that began then (epoch ms) was ended here or, as far as Redis answers, elsewhere: while it is away people still need the pages.
   * One from before Redis was emptied counts as ended, since nobody knows any more.
   */
  isEnded(session: { readonly id: string; readonly from: number }, now: number): Promise<boolean>;
  /** Ends all that began before then (epoch ms), in every `serve`. Throws when Redis does not answer. */
  endAll(before: number): Promise<void>;
  /** Notes that sign-outs are remembered from now on (epoch ms), unless they are already. */
  remember(now: number): Promise<void>;
}

/** Keeps what has ended in memory and in Redis, each until it would have ended by itself. */
export function openEndedSessions(redis: Pick<Redis, "set" | "mget">, prefix: string): EndedSessions {
  const ended = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  const keyOf = (id: string) => `${prefix}:ended-session:${id}`;
  const since = `${prefix}:ended-sessions-since`;
  const begin = async (now: number): Promise<void> => {
    await redis.set(since, now - UNREMEMBERED_MS, "NX");
  };
  return {
    async end(id, until) {
      ended.set(id, true);
      return withinDeadline(ANSWER_WITHIN_MS, () => redis.set(keyOf(id), "1", "PXAT", until)).then(
        () => true,
        () => false,
      );
    },
    async isEnded({ id, from }, now) {
      if (ended.has(id)) return true;
      const asked = withinDeadline(ANSWER_WITHIN_MS, async () => {
        const [mark, begun] = await redis.mget(keyOf(id), since);
        if (begun === null || begun === undefined) await begin(now);
        return typeof mark === "string" || from < Number(begun ?? now - UNREMEMBERED_MS);
      });
      return asked.catch(() => false);
    },
    async endAll(before) {
      await redis.set(since, before);
    },
    remember: async (now) => withinDeadline(ANSWER_WITHIN_MS, async () => begin(now)).catch(() => undefined),
  };
}
