import type { OpenCopy } from "../../model/incident/page-copy.js";
import { deliverCopies } from "../page/deliver-copies.js";
import { withinDeadline } from "../../flow/deadline.js";
import { openOutagePage } from "./outage-page.js";
import { newMemory, watchCoverage, type WatchDeps, type WatchMemory } from "./watch-coverage.js";

/** A minute of an outage is noticed within this. */
const EVERY_MS = 15_000;
/** A restart of ClickHouse takes less. */
const CLICKHOUSE_MS = 60_000;
/** A store that hangs is as good as away. */
const ROUND_MS = 45_000;
/** `work` sends copies within seconds of when they are due: what nobody tried for so long goes from here. */
const LEFT_MS = 30_000;

export interface KeptWatch {
  /** Ends the watch after the round under way. */
  readonly close: () => Promise<void>;
}

/**
 * Watches Plimsoll from within this process, round after round, until it is closed. While ClickHouse is away nothing can be put on
 * file: its page is sent directly, under a dedup key that all processes share, and ended when it is back.
 */
export function keepWatch(deps: WatchDeps, clock: () => number, onProblem: (problem: string) => void): KeptWatch {
  const memory: WatchMemory = { ...newMemory(), startedAt: clock() };
  let downSince: number | null = null;
  const outage = openOutagePage(deps.deliver);
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const round = async (): Promise<void> => {
    const now = clock();
    try {
      await withinDeadline(ROUND_MS, () => watchCoverage(deps, memory, now));
      downSince = null;
      copy();
      await outage.tell("resolve", now, now);
    } catch (error) {
      onProblem((error as Error).message.split("\n")[0] ?? "unknown");
      downSince ??= now;
      if (now - downSince < CLICKHOUSE_MS) return;
      await outage.tell("trigger", downSince, now);
    }
  };
  // Not waited for: a destination that hangs holds up no round.
  let copying: Promise<unknown> | null = null;
  const end = new AbortController();
  const copy = () => {
    const isLate = (one: OpenCopy, at: number) =>
      one.topic === "plimsoll" && at - Math.max(one.triedAt, one.notBefore) > LEFT_MS;
    copying ??= deliverCopies(deps.deliver, clock(), { isOurs: isLate, signal: end.signal })
      .catch((error: Error) => onProblem(error.message.split("\n")[0] ?? "unknown"))
      .finally(() => (copying = null));
  };
  let running = Promise.resolve();
  const next = (): void => {
    running = round().finally(() => {
      if (!isClosed) timer = setTimeout(next, EVERY_MS);
    });
  };
  next();
  return {
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      end.abort();
      await running;
      await copying;
    },
  };
}
