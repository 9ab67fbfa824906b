import { collectDefaultMetrics, Counter, Gauge, type Metric, type Registry } from "prom-client";
import type { PressureReading } from "../pipeline/ingest/judge-pressure.js";
import { withinDeadline } from "../flow/deadline.js";
import type { LaneDepth } from "../store/ingest/buffer-depth.js";
import { LANES } from "../store/ingest/lane.js";
import type { CopyFigure } from "../store/watch/copies.js";
import type { GuardFigure } from "../store/watch/guards.js";
import type { HealthFigure } from "../store/watch/health-figures.js";
import type { Observed, WorkFigures } from "../store/ingest/work-figures.js";

export interface QueueMetricsDeps {
  readonly readWaiting: () => Promise<PressureReading>;
  readonly refusing: () => boolean;
  readonly readWork: () => Promise<WorkFigures>;
  readonly readHealth: () => Promise<readonly HealthFigure[]>;
  readonly readCopies: () => Promise<readonly CopyFigure[]>;
  readonly readGuards: () => Promise<readonly GuardFigure[]>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Whoever scrapes waits no longer than this for a store; its figures are then left out. */
const DEADLINE_MS = 2000;

/** Adds what waits, what the workers did, checks, pages and this process's own memory and time to the registry. */
export function openQueueMetrics(registry: Registry, deps: QueueMetricsDeps): void {
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: (reading: PressureReading) => number) =>
    new Gauge({
      name: `plimsoll_${name}`,
      help,
      registers: [registry],
      async collect() {
        const reading = await asked(deps.readWaiting);
        if (reading === null) this.remove();
        else this.set(read(reading));
      },
    });
  const laneGauge = (name: string, help: string, read: (depth: LaneDepth) => number) =>
    new Gauge({
      name: `plimsoll_${name}`,
      help,
      labelNames: ["lane"],
      registers: [registry],
      async collect() {
        const reading = await asked(deps.readWaiting);
        this.reset();
        if (reading === null) return;
        for (const lane of LANES) this.set({ lane }, read(reading.depth[lane]));
      },
    });
  laneGauge("queue_events", "Events waiting to be written to ClickHouse.", ({ rows }) => rows);
  laneGauge("queue_blocks", "Sealed blocks waiting to be written to ClickHouse.", ({ blocks }) => blocks);
  laneGauge("queue_bytes", "Compressed bytes waiting to be written to ClickHouse.", ({ bytes }) => bytes);
  laneGauge("queue_age_seconds", "Age of the oldest waiting event.", ({ oldestAt }) =>
    oldestAt === null ? 0 : Math.max(0, deps.now() - oldestAt) / 1000,
  );
  gauge("redis_used_bytes", "Memory used by Redis.", ({ memory }) => memory.usedBytes);
  gauge("redis_max_bytes", "Memory limit of Redis; 0 when it has none.", ({ memory }) => memory.maxBytes);
  gauge("ingest_refusing", "1 while ingest refuses events because of the backlog.", () => Number(deps.refusing()));
  workMetrics(registry, deps);
  healthMetrics(registry, deps);
}

function workMetrics(registry: Registry, { readWork }: QueueMetricsDeps): void {
  const counter = (name: string, help: string, of: (figures: WorkFigures) => number) =>
    new Counter({
      name: `plimsoll_${name}_total`,
      help,
      registers: [registry],
      async collect() {
        const figures = await asked(readWork);
        this.reset();
        if (figures !== null) this.inc(of(figures));
      },
    });
  counter("recorded_events", "Events written to ClickHouse.", ({ recordedEvents }) => recordedEvents);
  counter(
    "quarantined_events",
    "Accepted events that could not be written to ClickHouse.",
    (figures) => figures.quarantinedEvents,
  );
  histogram(registry, "plimsoll_insert_seconds", "Duration of successful inserts.", async () => {
    return (await asked(readWork))?.insertSeconds ?? null;
  });
  histogram(
    registry,
    "plimsoll_ingest_lag_seconds",
    "Time from the answer 202 until a block was in ClickHouse.",
    async () => {
      return (await asked(readWork))?.lagSeconds ?? null;
    },
  );
}

function healthMetrics(registry: Registry, { readHealth, readCopies, readGuards }: QueueMetricsDeps): void {
  const gauge = (what: HealthFigure["what"], name: string, labelName: string, help: string) =>
    new Gauge({
      name: `plimsoll_${name}`,
      help,
      labelNames: [labelName],
      registers: [registry],
      async collect() {
        this.reset();
        for (const figure of (await asked(readHealth)) ?? []) {
          if (figure.what === what) this.set({ [labelName]: figure.label }, figure.n);
        }
      },
    });
  gauge("checks", "checks_last_day", "outcome", "Minutes checked in the last day.");
  gauge("pages", "pages", "state", "Pages in the outbox, by state.");
  const copies = new Gauge({
    name: "plimsoll_page_copies",
    help: "Copies of pages for destinations beside PagerDuty, by destination and state.",
    labelNames: ["destination", "state"],
    registers: [registry],
    async collect() {
      const figures = (await asked(readCopies)) ?? [];
      copies.reset();
      for (const { destination, state, n } of figures) copies.set({ destination, state }, n);
    },
  });
  const calls = new Gauge({
    name: "plimsoll_guard_calls",
    help: "Calls to what guards keys, by guard and state; those that are pending or retrying wait for the guard's answer.",
    labelNames: ["guard", "state"],
    registers: [registry],
    async collect() {
      const figures = (await asked(readGuards)) ?? [];
      calls.reset();
      for (const { guard, state, n } of figures) calls.set({ guard, state }, n);
    },
  });
}

/** A histogram whose observations were made elsewhere. */
function histogram(registry: Registry, name: string, help: string, read: () => Promise<Observed | null>): void {
  const metric = {
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    reset: () => undefined,
    get: async () => {
      const observed = await read();
      const buckets = observed === null ? [] : [...observed.upTo, ["+Inf", observed.count] as const];
      const values: object[] = buckets.map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { le }, value }));
      if (observed !== null) {
        values.push({ metricName: `${name}_sum`, labels: {}, value: observed.sum });
        values.push({ metricName: `${name}_count`, labels: {}, value: observed.count });
      }
      return { name, help, type: "histogram", aggregator: "sum", values };
    },
  };
  registry.registerMetric(metric as unknown as Metric);
}

async function asked<Answer>(read: () => Promise<Answer>): Promise<Answer | null> {
  return withinDeadline(DEADLINE_MS, read).catch(() => null);
}
