import { onBehalfOf } from "./caller.js";

/** Something did not answer in time. It may have done what it was asked all the same. */
export class DeadlinePassed extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
    this.name = "DeadlinePassed";
  }
}

/** Waits for an answer at most `ms` milliseconds; what is then still asked of ClickHouse is cancelled. @throws DeadlinePassed, or what the asking throws. */
export async function withinDeadline<Answer>(
  ms: number,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlinePassed(ms));
      abort.abort();
    }, ms);
  });
  try {
    return await Promise.race([onBehalfOf(abort.signal, async () => ask(abort.signal)), passed]);
  } finally {
    clearTimeout(timer);
  }
}
