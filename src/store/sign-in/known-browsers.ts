import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { withinDeadline } from "../../flow/deadline.js";

/** As long as a browser keeps the cookie that says so. */
export const KNOWN_BROWSER_MS = 90 * 86_400_000;
const ANSWER_WITHIN_MS = 1_500;

/** Browsers in which somebody signed in at an issuer before, each known by a digest of what it alone holds. Everything throws when Redis does not answer. */
export interface KnownBrowsers {
  /** Keeps one for 90 days from now. */
  remember(browser: string): Promise<void>;
  knows(browser: string): Promise<boolean>;
}

/** Remembers them in Redis: none counts for being called one. */
export function openKnownBrowsers(redis: Pick<Redis, "set" | "exists">, prefix: string): KnownBrowsers {
  const keyOf = (browser: string) =>
    `${prefix}:known-browser:${createHash("sha256").update(browser, "utf8").digest("hex")}`;
  return {
    async remember(browser) {
      await withinDeadline(ANSWER_WITHIN_MS, async () => redis.set(keyOf(browser), "1", "PX", KNOWN_BROWSER_MS));
    },
    async knows(browser) {
      return (await withinDeadline(ANSWER_WITHIN_MS, async () => redis.exists(keyOf(browser)))) === 1;
    },
  };
}
