import type { Redis } from "ioredis";
import { withinDeadline } from "./deadline.js";

/** A page waits for Redis no longer than that. */
const ANSWER_WITHIN_MS = 500;
/** Who ends so many in one shift has a token, and starts with the oldest again. */
const MOST_REMEMBERED = 10_000;

/** Sessions of the pages that somebody has ended before their time. */
export interface EndedSessions {
  /** Ends one that would count until then (epoch ms): here at once, and in every other `serve` unless this gives false. */
  end(id: string, until: number): Promise<boolean>;
  /** Whether it was ended here or, as far as Redis answers, elsewhere: while it is away people still need the pages. */
  isEnded(id: string): Promise<boolean>;
}

/** Keeps what has ended in memory and in Redis, each until it would have ended by itself. */
export function openEndedSessions(redis: Pick<Redis, "set" | "exists">, prefix: string): EndedSessions {
  const ended = new Set<string>();
  const keyOf = (id: string) => `${prefix}:ended-session:${id}`;
  return {
    async end(id, until) {
      ended.add(id);
      for (const oldest of ended) {
        if (ended.size <= MOST_REMEMBERED) break;
        ended.delete(oldest);
      }
      return withinDeadline(ANSWER_WITHIN_MS, () => redis.set(keyOf(id), "1", "PXAT", until)).then(
        () => true,
        () => false,
      );
    },
    async isEnded(id) {
      if (ended.has(id)) return true;
      return withinDeadline(ANSWER_WITHIN_MS, () => redis.exists(keyOf(id))).then(
        (count) => count > 0,
        () => false,
      );
    },
  };
}
