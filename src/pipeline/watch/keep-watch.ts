import type { AlertAction } from "../../model/incident/page.js";
import { countedText } from "../../text/amounts.js";
import { toPagerDutyEvent } from "../../page/pagerduty-event.js";
import { withinDeadline } from "../../flow/deadline.js";
import { watchCoverage, type WatchDeps, type WatchMemory } from "./watch-coverage.js";

/** A minute of an outage is noticed within this. */
const EVERY_MS = 15_000;
/** A restart of ClickHouse takes less. */
const CLICKHOUSE_MS = 60_000;
/** A store that hangs is as good as away. */
const ROUND_MS = 45_000;
const DEDUP_KEY = "plimsoll/coverage/part/clickhouse";

export interface KeptWatch {
  /** Ends the watch after the round under way. */
  readonly close: () => Promise<void>;
}

/**
 * Watches Plimsoll from within this process, round after round, until it is closed. While ClickHouse is away nothing can be put on
 * file: its page is sent directly, under a dedup key that all processes share, and ended when it is back.
 */
export function keepWatch(deps: WatchDeps, clock: () => number, onProblem: (problem: string) => void): KeptWatch {
  const memory: WatchMemory = { redisDownSince: null, startedAt: clock() };
  let downSince: number | null = null;
  let isTold = true; // by whoever watched before: the first round that goes well ends it
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  const round = async (): Promise<void> => {
    const now = clock();
    try {
      await withinDeadline(ROUND_MS, () => watchCoverage(deps, memory, now));
      downSince = null;
      if (isTold) isTold = (await tellClickHouse(deps, "resolve", now, now)) === "retry";
    } catch (error) {
      onProblem((error as Error).message.split("\n")[0] ?? "unknown");
      downSince ??= now;
      if (now - downSince < CLICKHOUSE_MS) return;
      isTold = (await tellClickHouse(deps, "trigger", downSince, now)) !== "retry" || isTold;
    }
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
      await running;
    },
  };
}

async function tellClickHouse(deps: WatchDeps, action: AlertAction, since: number, now: number): Promise<string> {
  const minutes = Math.round((now - since) / 60_000);
  const body = toPagerDutyEvent({
    action,
    dedupKey: DEDUP_KEY,
    summary: `Blind: ClickHouse has not answered for ${countedText(minutes, "minute")}; no key is watched, and other pages wait`,
    source: "plimsoll",
    severity: "critical",
    at: since,
    class: "coverage",
    customDetails: {
      next_steps:
        "Restore ClickHouse: `plimsoll doctor`. Accepted events wait in Redis; missed minutes are checked afterwards.",
    },
    links: [],
    client: "Plimsoll",
  });
  const page = {
    pageId: DEDUP_KEY,
    topic: "plimsoll",
    isMinimal: false,
    incidentId: DEDUP_KEY,
    keyId: null,
    action,
    dedupKey: DEDUP_KEY,
    severity: "critical",
  } as const;
  const verdict = await deps.deliver.pager?.send({ ...page, step: 0, place: 0, routingRef: null, body });
  return verdict?.kind ?? "retry";
}
