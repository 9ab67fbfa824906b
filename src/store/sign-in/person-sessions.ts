import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { z } from "zod";
import { withinDeadline } from "../../flow/deadline.js";

/** A working day: who is on call signs in once a shift. */
export const PERSON_SESSION_MS = 12 * 3_600_000;
/** A browser that was left open is nobody's for no longer than that. */
const IDLE_MS = 2 * 3_600_000;
/** A page waits for Redis no longer than that. */
const ANSWER_WITHIN_MS = 1_500;
/** That somebody is still there is written down no more often than that. */
const TOUCH_EVERY_MS = 60_000;

const stored = z.object({
  name: z.string(),
  mayAct: z.boolean(),
  address: z.string(),
  terms: z.string(),
  from: z.number(),
  until: z.number(),
  seenAt: z.number(),
});

/** A session of a person whom an issuer vouches for; instants are epoch ms. */
export interface PersonSession {
  /** SHA-256 of what the cookie holds, hexadecimal. */
  readonly digest: string;
  /** `oidc:` and the verified name. */
  readonly name: string;
  readonly mayAct: boolean;
  /** From where it was opened. */
  readonly address: string;
  /** Which settings it was opened under: under others it does not count. */
  readonly terms: string;
  readonly from: number;
  readonly until: number;
  readonly seenAt: number;
}

/** Sessions that Redis holds: one that is not there does not count. Everything throws when Redis does not answer. */
export interface PersonSessions {
  /** Opens one under a new id that nobody else knows. */
  begin(id: string, who: Pick<PersonSession, "name" | "mayAct" | "address" | "terms">, now: number): Promise<void>;
  /** The one of that id, if it counts now (epoch ms), and notes that somebody is there. */
  read(id: string, now: number): Promise<PersonSession | null>;
  /** All that count, the newest first. */
  list(now: number): Promise<PersonSession[]>;
  /** Ends some by their digests, at once and in every process. */
  end(digests: readonly string[]): Promise<void>;
}

/** What Redis, a list and the audit log know a session by. */
export const sessionDigest = (id: string): string => createHash("sha256").update(id, "utf8").digest("hex");

/** As much of a digest as people read and type. */
export const shortSession = (digest: string): string => digest.slice(0, 12);

/** Keeps sessions until they end, are idle for too long, or somebody ends them. */
export function openPersonSessions(redis: Redis, prefix: string): PersonSessions {
  const keyOf = (digest: string) => `${prefix}:person-session:${digest}`;
  const index = `${prefix}:person-sessions`;
  const ask = async <Answer>(run: () => Promise<Answer>) => withinDeadline(ANSWER_WITHIN_MS, run);
  const parse = (digest: string, text: string | null | undefined, now: number): PersonSession | null => {
    if (text === null || text === undefined) return null;
    const session = { digest, ...stored.parse(JSON.parse(text)) };
    return session.until > now && session.seenAt + IDLE_MS > now ? session : null;
  };
  const lasts = (until: number, now: number) => Math.max(1, Math.min(until - now, IDLE_MS));
  return {
    async begin(id, who, now) {
      const until = now + PERSON_SESSION_MS;
      const digest = sessionDigest(id);
      const text = JSON.stringify({ ...who, from: now, until, seenAt: now });
      // Listed first: whatever opens a page can be found and ended.
      await ask(async () => redis.zadd(index, until, digest));
      await ask(async () => redis.set(keyOf(digest), text, "PX", lasts(until, now)));
    },
    async read(id, now) {
      const digest = sessionDigest(id);
      const session = parse(digest, await ask(async () => redis.get(keyOf(digest))), now);
      if (session === null || now - session.seenAt < TOUCH_EVERY_MS) return session;
      const { digest: _, ...rest } = { ...session, seenAt: now };
      // XX: one that was ended meanwhile does not come back.
      const kept = await ask(async () =>
        redis.set(keyOf(digest), JSON.stringify(rest), "PX", lasts(session.until, now), "XX"),
      );
      return kept === null ? null : session;
    },
    async list(now) {
      await ask(async () => redis.zremrangebyscore(index, "-inf", now));
      const digests = await ask(async () => redis.zrange(index, "0", "-1"));
      if (digests.length === 0) return [];
      const texts = await ask(async () => redis.mget(digests.map(keyOf)));
      const sessions = digests.map((digest, i) => parse(digest, texts[i], now));
      return sessions.filter((one) => one !== null).toSorted((a, b) => b.from - a.from);
    },
    async end(digests) {
      if (digests.length === 0) return;
      await ask(async () => redis.del(digests.map(keyOf)));
      await ask(async () => redis.zrem(index, [...digests]));
    },
  };
}
