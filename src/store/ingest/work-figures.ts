import type { Redis } from "ioredis";

/** What was observed, as Prometheus has it: counts up to each bound, which include those below it. */
export interface Observed {
  readonly sum: number;
  readonly count: number;
  readonly upTo: readonly (readonly [bound: number, count: number])[];
}

/** What all workers together did, since Redis has been keeping it. */
export interface WorkFigures {
  readonly recordedEvents: number;
  readonly quarantinedEvents: number;
  /** Seconds of the inserts that went through. */
  readonly insertSeconds: Observed;
  /** Seconds from the commit of a block's first event until ClickHouse had it. */
  readonly lagSeconds: Observed;
}

const INSERT_BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LAG_BOUNDS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600];

/** Workers have no port to be asked at: their figures are in Redis under `<prefix>:figures`, where serve finds them. */
export function openWorkFigures(redis: Redis, prefix: string) {
  const name = `${prefix}:figures`;
  return {
    /** Adds a recorded block. Throws what Redis throws. */
    async addBlock({ rows, insertMs, ageMs }: { rows: number; insertMs: number; ageMs: number }): Promise<void> {
      const multi = redis.multi().hincrby(name, "events", rows);
      for (const [what, ms, bounds] of [
        ["insert", insertMs, INSERT_BOUNDS],
        ["lag", ageMs, LAG_BOUNDS],
      ] as const) {
        multi.hincrby(name, `${what}:${bounds.find((bound) => ms <= bound * 1000) ?? "more"}`, 1);
        multi.hincrby(name, `${what}:ms`, Math.round(ms));
      }
      await multi.exec();
    },
    async addQuarantined(events: number): Promise<void> {
      await redis.hincrby(name, "quarantined", events);
    },
    /** Throws what Redis throws. */
    async read(): Promise<WorkFigures> {
      const kept = await redis.hgetall(name);
      const of = (field: string) => Number(kept[field] ?? 0);
      return {
        recordedEvents: of("events"),
        quarantinedEvents: of("quarantined"),
        insertSeconds: observed(of, "insert", INSERT_BOUNDS),
        lagSeconds: observed(of, "lag", LAG_BOUNDS),
      };
    },
  };
}

function observed(of: (field: string) => number, what: string, bounds: readonly number[]): Observed {
  let count = 0;
  const upTo = bounds.map((bound) => [bound, (count += of(`${what}:${bound}`))] as const);
  return { sum: of(`${what}:ms`) / 1000, count: count + of(`${what}:more`), upTo };
}
