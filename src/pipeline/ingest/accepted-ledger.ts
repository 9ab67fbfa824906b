import type { AcceptedCount, EventCount } from "../../store/ingest/event-counts.js";

export interface LedgerDeps {
  /** Puts counts on file; throws what ClickHouse throws. */
  readonly insert: (counts: readonly AcceptedCount[]) => Promise<void>;
  readonly everyMs: number;
}

/** What this run of serve has acknowledged. */
export interface AcceptedLedger {
  /** Counts what one commit held, at an instant (epoch ms of Redis's clock). Never waits. */
  readonly add: (counts: readonly EventCount[], at: number) => void;
  /** Puts on file what is not yet, once, and counts no more. */
  readonly close: () => Promise<void>;
}

/** An hour is counted no more after so long, also by a clock that is put back: losses are told for a day. */
const OVER_MS = 24 * 3_600_000;
/** A year of one source's hours: more is not kept while ClickHouse is away, and a count that is lost tells of no loss. */
const MOST_COUNTS = 10_000;

/** Counts in memory and puts what changed on file every so often, and again until ClickHouse takes it. */
export function openAcceptedLedger({ insert, everyMs }: LedgerDeps): AcceptedLedger {
  const counts = new Map<string, AcceptedCount>();
  let changed = new Set<string>();
  const flush = async (): Promise<void> => {
    const names = changed;
    const rows = [...names].flatMap((name) => counts.get(name) ?? []);
    if (rows.length === 0) return;
    changed = new Set();
    try {
      await insert(rows);
    } catch {
      // The watch and the recorders report that ClickHouse is away.
      for (const name of names) changed.add(name);
    }
    forget(counts, changed);
  };
  let flushing: Promise<void> | null = null;
  const timer = setInterval(() => {
    flushing ??= flush().finally(() => (flushing = null));
  }, everyMs);
  return {
    add(added, at) {
      for (const one of added) {
        const name = `${one.hour} ${one.source}`;
        const before = counts.get(name);
        const countedAt = Math.max(at, before?.countedAt ?? 0);
        counts.set(name, { ...one, events: one.events + (before?.events ?? 0), countedAt });
        changed.add(name);
      }
    },
    async close() {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
}

/** Drops counts of hours that are over and on file, and the oldest when there are too many. */
function forget(counts: Map<string, AcceptedCount>, changed: ReadonlySet<string>): void {
  const newest = Math.max(...[...counts.values()].map(({ hour }) => hour));
  for (const [name, { hour }] of counts) {
    const isOver = newest - hour >= OVER_MS && !changed.has(name);
    if (isOver || counts.size > MOST_COUNTS) counts.delete(name);
  }
}
