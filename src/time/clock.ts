/** A clock that every process can ask, such as Redis's or ClickHouse's. */
export interface SharedClock {
  readonly name: string;
  /** Epoch ms; throws when it cannot be asked. */
  readonly read: () => Promise<number>;
}

/** The one clock that all processes go by, whatever the machine's own says. */
export interface Clock {
  /** Whole epoch ms by the shared clocks; by the machine's own until they were asked for the first time. */
  readonly now: () => number;
  /** By how many ms the machine's clock is ahead, negative when it is behind; null until the shared clocks were asked. */
  readonly aheadMs: () => number | null;
  /** By how many ms the first shared clock is ahead of the second; null while not both were asked. */
  readonly apartMs: () => number | null;
  /** Asks the shared clocks anew; what cannot be asked leaves what was known. */
  readonly measure: () => Promise<void>;
}

/** More is a fault: it is the time in which a minute settles. */
export const MAX_SKEW_MS = 30_000;
/** Whoever takes longer to answer says little about the time. */
const ANSWER_MS = 5000;

/** True when the machine's clock is further from the shared one than can be tolerated. */
export function isSkewed(clock: Pick<Clock, "aheadMs">): boolean {
  return Math.abs(clock.aheadMs() ?? 0) > MAX_SKEW_MS;
}

/**
 * Opens the one clock; nothing is asked yet. Of three clocks the middle one counts, so that one that is wrong moves nobody; when only one
 * shared clock answers, it does. Between two measurements time is counted by the monotonic clock, which no clock change moves.
 */
export function openClock(shared: readonly [SharedClock, SharedClock], machine: () => number = Date.now): Clock {
  let zeroAt: number | null = null; // the instant at which the monotonic clock was 0
  let apart: number | null = null;
  return {
    now: () => (zeroAt === null ? machine() : Math.floor(zeroAt + performance.now())),
    aheadMs: () => (zeroAt === null ? null : machine() - performance.now() - zeroAt),
    apartMs: () => apart,
    async measure() {
      const [first, second] = await Promise.all([zeroOf(shared[0]), zeroOf(shared[1])]);
      apart = first === null || second === null ? null : first - second;
      if (first === null || second === null) zeroAt = first ?? second ?? zeroAt;
      else zeroAt = middleOf(first, second, machine() - performance.now());
    },
  };
}

/** At which instant, by this clock, the monotonic clock was 0; null when it does not tell in time. */
async function zeroOf({ read }: SharedClock): Promise<number | null> {
  const askedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS, null);
  });
  try {
    const there = await Promise.race([read(), late]);
    const answeredAt = performance.now();
    // A process that was stopped in between may have an old answer before its timer ends.
    return there === null || answeredAt - askedAt > ANSWER_MS ? null : there - (askedAt + answeredAt) / 2;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function middleOf(...values: readonly [number, number, number]): number {
  return values.toSorted((a, b) => a - b)[1] ?? values[0];
}
