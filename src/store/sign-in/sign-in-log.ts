import type { SignInEntry } from "./sign-ins.js";

/** Attempts within it are written together, by address and reason: whoever guesses makes few rows. */
const COLLECT_MS = 1_000;
/** After a failure it is tried again so much later. */
const RETRY_MS = 15_000;
/** More lines do not wait while ClickHouse is away: what is dropped is counted, and all of it is in the log of serve. */
const MOST_WAITING = 10_000;

/** Takes what happens to sessions, and has nobody wait for it. */
export interface SignInLog {
  record(entry: Omit<SignInEntry, "attempts">): void;
  /** Writes what waits, if ClickHouse answers. */
  close(): Promise<void>;
}

/** Collects lines and writes them within seconds; people sign in also while ClickHouse is away. */
export function openSignInLog(
  insert: (entries: readonly SignInEntry[]) => Promise<void>,
  onProblem: (problem: string, waiting: number, dropped: number) => void,
): SignInLog {
  let waiting = new Map<string, SignInEntry>();
  let dropped = 0;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const entries = waiting;
    if (entries.size === 0) return;
    waiting = new Map();
    try {
      await insert([...entries.values()]);
    } catch (error) {
      for (const [key, entry] of entries) add(key, entry);
      onProblem((error as Error).message, waiting.size, dropped);
      schedule(RETRY_MS);
    }
  };
  const schedule = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = null;
      writing = writing.then(write);
    }, ms).unref();
  };
  const add = (key: string, entry: SignInEntry): void => {
    const known = waiting.get(key);
    if (known !== undefined)
      waiting.set(key, { ...known, at: Math.max(known.at, entry.at), attempts: known.attempts + entry.attempts });
    else if (waiting.size < MOST_WAITING) waiting.set(key, entry);
    else dropped += entry.attempts;
  };
  return {
    record(entry) {
      const { event, way, who, address, reason = "" } = entry;
      const what = JSON.stringify(event === "refused" ? [way, who, address, reason] : entry);
      add(what, { ...entry, attempts: 1 });
      schedule(COLLECT_MS);
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await writing;
      await write();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
