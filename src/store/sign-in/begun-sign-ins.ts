import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { withinDeadline } from "../../flow/deadline.js";

/** Whoever signs in at the issuer has that long. */
export const SIGN_IN_MS = 10 * 60_000;
const ANSWER_WITHIN_MS = 1_500;

/** Sign-ins at an issuer that were begun and not finished, each known by a digest of what its browser alone holds. Everything throws when Redis does not answer. */
export interface BegunSignIns {
  /** Notes one, and the page of ours that it leads to. */
  begin(browser: string, to: string, now: number): Promise<void>;
  /** Takes one that was begun within ten minutes, once; null where there is none. */
  take(browser: string, now: number): Promise<{ readonly to: string } | null>;
}

/** Keeps them for ten minutes, or until they are taken. */
export function openBegunSignIns(redis: Pick<Redis, "set" | "getdel">, prefix: string): BegunSignIns {
  const keyOf = (browser: string) =>
    `${prefix}:begun-sign-in:${createHash("sha256").update(browser, "utf8").digest("hex")}`;
  return {
    async begin(browser, to, now) {
      await withinDeadline(ANSWER_WITHIN_MS, async () =>
        redis.set(keyOf(browser), `${now + SIGN_IN_MS} ${to}`, "PX", SIGN_IN_MS),
      );
    },
    async take(browser, now) {
      const text = await withinDeadline(ANSWER_WITHIN_MS, async () => redis.getdel(keyOf(browser)));
      const [, until, to] = /^(\d+) (.*)$/s.exec(text ?? "") ?? [];
      return to !== undefined && Number(until) > now ? { to } : null;
    },
  };
}
