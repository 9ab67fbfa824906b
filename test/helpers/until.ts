import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;

/**
 * Asks until the answer is neither false nor undefined, and gives it back. What `ask` throws counts as "not yet".
 * @throws Error naming what was waited for, with the last error, when that takes longer than `withinMs`
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | false | undefined> | T | false | undefined,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer !== false && answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`, { cause });
    await pause(LOOK_EVERY_MS);
  }
}
