import type { Redis } from "ioredis";

/** No replica has what was written, or it is not known: it may be lost with the master. */
class NotReplicated extends Error {
  override readonly name = "NotReplicated";
}

/** When an answer of Redis may be relied upon. */
export interface Replication {
  /** What a command answered, once that holds whatever happens to the master. @throws NotReplicated, and what the command throws */
  readonly confirmed: <Answer>(command: () => Promise<Answer>) => Promise<Answer>;
}

/** An answer holds as it is: one Redis, which keeps what it answered. */
export const UNREPLICATED: Replication = { confirmed: async (command) => command() };

/** Less than a sender waits; a replica answers within milliseconds. */
const WITHIN_MS = 1000;
const KEPT_MS = 60_000;

/**
 * An answer holds once so many replicas have all that the master had when it gave it: of replicas, the sentinels promote the one that has most, and
 * if all have it, any may be promoted, even while the master that gave it is coming back. WAIT is about what its own connection wrote, so that something is written under `key` after the command; and a connection that was made anew in
 * between says nothing of the master before. The client should be for this alone: while a replica is awaited, it answers nothing else.
 */
export function openReplication(redis: Redis, key: string, replicas: number): Replication {
  let connection = 0;
  redis.on("close", () => (connection += 1));
  return {
    async confirmed(command) {
      const before = connection;
      const answer = await command();
      await redis.set(key, "", "PX", KEPT_MS);
      const having = await redis.wait(replicas, WITHIN_MS);
      if (connection !== before) throw new NotReplicated("the connection to Redis broke while a replica was awaited");
      if (having < replicas)
        throw new NotReplicated(
          `${having} replicas of Redis have it after ${WITHIN_MS} ms, not ${replicas} (PLIMSOLL_REPLICAS)`,
        );
      return answer;
    },
  };
}
