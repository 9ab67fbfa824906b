import { setTimeout as pause } from "node:timers/promises";

/** Calls that one guard has at once. */
const AT_ONCE = 4;

/** A call that is due, of an incident. */
export interface DueCall {
  readonly incidentId: string;
  readonly guard: string;
  /** Tries before this one: what was never tried goes first. */
  readonly attempts: number;
  /** Makes the call and puts on file what came of it; false where the guard does not answer. */
  readonly ask: () => Promise<boolean>;
}

/** The calls of a pass: a lane for each guard, one call of an incident at a time. */
export interface GuardLanes {
  /** Starts what can be started. What has no room is due again when it has; what a guard has that does not answer is left to the next pass. */
  start(due: readonly DueCall[]): void;
  /** Whether a call of the incident is under way. */
  isAsking(incidentId: string): boolean;
  /** Whether nothing is under way or to be looked at again. */
  isIdle(): boolean;
  /** Incidents to be looked at again: a call of theirs has ended, or has room now. Each is named once. */
  takeEnded(): ReadonlySet<string>;
  /** Until a call ends, and for so long (ms) at most. */
  waitForOne(atMostMs: number): Promise<void>;
  /** Until all have ended. Throws the first failure to put an outcome on file. */
  settle(): Promise<void>;
}

/** Opens the lanes of a pass. A guard that does not answer holds up the keys of no other. */
export function openGuardLanes(): GuardLanes {
  const asking = new Map<string, Promise<void>>();
  const underWay = new Map<string, number>();
  const waiting = new Map<string, string[]>();
  const silent = new Set<string>();
  const failures: Error[] = [];
  let ended = new Set<string>();

  const run = async ({ incidentId, guard, ask }: DueCall): Promise<void> => {
    underWay.set(guard, (underWay.get(guard) ?? 0) + 1);
    try {
      if (!(await ask())) silent.add(guard);
      ended.add(incidentId);
    } catch (error) {
      // Not looked at again: what could not be put on file would be sent again and again.
      failures.push(error as Error);
    } finally {
      asking.delete(incidentId);
      underWay.set(guard, (underWay.get(guard) ?? 1) - 1);
      const next = silent.has(guard) ? undefined : waiting.get(guard)?.shift();
      if (next !== undefined) ended.add(next);
    }
  };
  return {
    start(due) {
      for (const call of due.toSorted((a, b) => a.attempts - b.attempts)) {
        const { incidentId, guard } = call;
        if (silent.has(guard) || asking.has(incidentId)) continue;
        if ((underWay.get(guard) ?? 0) < AT_ONCE) asking.set(incidentId, run(call));
        else waiting.set(guard, [...(waiting.get(guard) ?? []), incidentId]);
      }
    },
    isAsking: (incidentId) => asking.has(incidentId),
    isIdle: () => asking.size + ended.size === 0,
    takeEnded() {
      const taken = ended;
      ended = new Set();
      return taken;
    },
    async waitForOne(atMostMs) {
      if (ended.size > 0) return;
      const over = new AbortController();
      const limit = pause(atMostMs, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([limit, ...asking.values()]);
      over.abort();
    },
    async settle() {
      await Promise.all(asking.values());
      const [first] = failures;
      if (first !== undefined) throw first;
    },
  };
}
