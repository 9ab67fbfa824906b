import { AsyncLocalStorage } from "node:async_hooks";
import { setMaxListeners } from "node:events";

const callers = new AsyncLocalStorage<AbortSignal | undefined>();

/** Does work for a caller who may go away: when the signal is aborted, what the work is asking of ClickHouse is cancelled there too. */
export function onBehalfOf<T>(signal: AbortSignal | undefined, work: () => T): T {
  if (signal === undefined) return work();
  // Each query that is under way listens, and a page asks a dozen at once.
  setMaxListeners(0, signal);
  return callers.run(signal, work);
}

/** Does work that others wait for as well: it goes on when the caller is gone who began it. */
export function onNobodysBehalf<T>(work: () => T): T {
  return callers.run(undefined, work);
}

/** The signal of the caller for whom this code runs; none where nobody said. */
export function callerSignal(): AbortSignal | undefined {
  return callers.getStore();
}
