import { hostname } from "node:os";
import type { App } from "../app.js";
import { untilConnected } from "../store/redis/redis.js";
import { isSkewed } from "../time/clock.js";

export interface WatchClockOptions {
  /** What runs here: `serve` or `work`. */
  readonly part: "serve" | "work";
  /** How often the shared clocks are asked. */
  readonly everyMs: number;
  /** Told after each look; true where the machine's clock is too far from the shared one, null while none could be asked yet. */
  readonly onLook: (skewed: boolean | null) => Promise<void>;
}

export interface ClockWatch {
  /** Has the next look come within a second. */
  readonly lookNow: () => void;
  /** Ends it after the look under way. */
  readonly close: () => Promise<void>;
}

/** A clock that is set while the process runs is noticed within this. */
const LOOK_EVERY_MS = 1000;
/** While Redis and ClickHouse cannot be asked. */
const ASK_AGAIN_MS = 2000;

/**
 * Asks the shared clocks at once and every so often, and in between whether somebody set the machine's clock. While that is wrong it says so
 * in the log and in Redis, where the watch finds it.
 */
export function watchClock(app: App, { part, everyMs, onLook }: WatchClockOptions): ClockWatch {
  const { clock, log, skewedProcesses } = app;
  const name = `${part} on ${hostname()}`;
  let since: number | null = null;
  let isReported = true; // by whoever ran here before
  let wasSkewed = false;
  const report = async (): Promise<void> => {
    const aheadMs = clock.aheadMs();
    if (aheadMs === null) return;
    if (!isSkewed(clock)) {
      since = null;
      if (isReported) await skewedProcesses.clear(name);
      isReported = false;
      return;
    }
    since ??= clock.now();
    isReported = true;
    await skewedProcesses.report({ name, aheadMs, since }, clock.now());
  };
  const look = async (): Promise<void> => {
    await untilConnected(app.redis);
    await clock.measure();
    const aheadMs = clock.aheadMs();
    wasSkewed = isSkewed(clock);
    if (wasSkewed) log.error({ ahead_s: Math.round((aheadMs ?? 0) / 1000) }, MESSAGES[part]);
    // Redis may be away: it is told again at the next look.
    await report().catch(() => undefined);
    await onLook(aheadMs === null ? null : wasSkewed);
  };
  return repeat(async () => {
    const askedAt = performance.now();
    await look().catch((error: Error) => log.warn({ problem: error.message }, "the clock could not be checked"));
    const waitMs = clock.aheadMs() === null ? ASK_AGAIN_MS : everyMs;
    return () => performance.now() - askedAt >= waitMs || isSkewed(clock) !== wasSkewed;
  });
}

const MESSAGES = {
  serve:
    "the clock of this machine is wrong: events are judged by the clock of Redis and ClickHouse; set it by NTP (chrony or systemd-timesyncd)",
  work: "the clock of this machine is wrong: no jobs are run here until it is right; set it by NTP (chrony or systemd-timesyncd)",
} as const;

/** Runs a round, looks every second whether what it gave back says that the next is due, and so on until it is closed. */
function repeat(round: () => Promise<() => boolean>): ClockWatch {
  let isDue = (): boolean => true;
  let isAsked = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const wait = (): void => {
    if (!isClosed) timer = setTimeout(step, LOOK_EVERY_MS);
  };
  const step = (): void => {
    if (!isAsked && !isDue()) return wait();
    isAsked = false;
    running = round()
      .then((due) => void (isDue = due))
      .finally(wait);
  };
  step();
  return {
    lookNow: () => void (isAsked = true),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
