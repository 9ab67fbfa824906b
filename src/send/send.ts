import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/** A request event by the names of docs/events.md: `key_id` or `key`, and what else is known. `ts` is now unless given. */
export interface SentEvent {
  ts?: string | number;
  /** The key's public id. */
  key_id?: string;
  /** The raw key, of which Plimsoll keeps a fingerprint. */
  key?: string;
  source_ip?: string;
  method?: string;
  route?: string;
  status?: number;
  latency_ms?: number;
  bytes?: number;
  cost_usd?: number;
  units?: number;
  count?: number;
  observed_by?: "gateway" | "caller";
  [field: string]: unknown;
}

export interface SenderOptions {
  /** Base URL of Plimsoll. */
  readonly url: string;
  /** An ingest token. */
  readonly token: string;
  /** Events that wait at most; more are dropped and counted. 10,000 unless given. */
  readonly maxEvents?: number;
  /** Milliseconds between two batches; 1,000 unless given. */
  readonly flushMs?: number;
  /**
   * Sums up what is equal but for time, latency and amounts, a minute at a time, as one event with `count`. Of a key that was recorded with `observed_by: "caller"` each
   * further minute is told, too, with a count of 0 where nothing was recorded: so that silence is not taken for having nothing to report.
   */
  readonly aggregate?: boolean;
  /** Hears of what went wrong, each time. */
  readonly onProblem?: (problem: string) => void;
}

/** Sends request events in batches. Nothing in it blocks, rejects or throws. */
export interface Sender {
  record(event: SentEvent): void;
  /** Counts of events since the start; `waiting` are not answered yet. */
  stats(): Readonly<Record<"recorded" | "accepted" | "rejected" | "dropped" | "waiting", number>>;
  /** Sends what waits, for so long at most (milliseconds; 5,000 unless given), and ends. */
  close(withinMs?: number): Promise<void>;
}

const BATCH_EVENTS = 1000;
const ANSWER_MS = 10_000;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 60_000];
const MINUTE_MS = 60_000;
/** Keys of which minutes without a request are told, at most. */
const MOST_CALLED = 1000;
const SUMMED = ["bytes", "cost_usd", "units"] as const;

/** Opens a sender; one for each process is enough. @throws TypeError for a URL that is none, before anything is sent */
export function openSender(options: SenderOptions): Sender {
  const { token, maxEvents = 10_000, flushMs = 1000, aggregate = false } = options;
  const target = new URL("v1/events", options.url.replace(/\/*$/, "/"));
  const stats = { recorded: 0, accepted: 0, rejected: 0, dropped: 0 };
  const sums = new Map<string, SentEvent & { count: number }>();
  /** Keys that this caller uses, since which minute, and in which that are not told yet. */
  const called = new Map<string, { readonly key: SentEvent; readonly since: number; readonly minutes: Set<number> }>();
  let toldUntil = Math.floor(Date.now() / MINUTE_MS);
  const stop = new AbortController();
  let waiting: string[] = [];
  let underWay = 0;
  let sending: Promise<void> = Promise.resolve();
  let isClosed = false;

  const tell = (problem: string) => {
    try {
      options.onProblem?.(problem);
    } catch {
      // Whoever listens is the caller.
    }
  };
  const drop = (events: number, problem: string) => {
    stats.dropped += events;
    tell(problem);
  };
  const queue = (event: SentEvent) => {
    if (waiting.length + underWay + sums.size >= maxEvents) drop(1, "too many events wait: the newest are dropped");
    else waiting.push(JSON.stringify(event));
  };
  const noteCall = ({ key_id, key }: SentEvent, minute: number) => {
    const name = JSON.stringify([key_id, key]);
    if (!called.has(name) && called.size < MOST_CALLED) {
      const one = { ...(key_id === undefined ? {} : { key_id }), ...(key === undefined ? {} : { key }) };
      called.set(name, { key: { ...one, observed_by: "caller", count: 0 }, since: minute, minutes: new Set() });
    }
    if (minute >= toldUntil) called.get(name)?.minutes.add(minute);
  };
  const tellSilence = (until: number) => {
    for (; toldUntil < until; toldUntil += 1)
      for (const { key, since, minutes } of called.values())
        if (!minutes.delete(toldUntil) && toldUntil > since)
          queue({ ...key, ts: new Date(toldUntil * MINUTE_MS).toISOString() });
  };
  const sum = (event: SentEvent & { ts: string | number }) => {
    const { ts, latency_ms: _, bytes, cost_usd: cost, units, count = 1, ...same } = event;
    const minute = Math.floor(new Date(ts).getTime() / MINUTE_MS);
    if (event.observed_by === "caller") noteCall(event, minute);
    const name = JSON.stringify([minute, same]);
    const known = sums.get(name);
    if (known === undefined) {
      if (waiting.length + underWay + sums.size < maxEvents) sums.set(name, { ...event, count });
      else drop(count, "too many events wait: the newest are dropped");
      return;
    }
    known.count += count;
    const more = { bytes, cost_usd: cost, units };
    for (const field of SUMMED)
      if (more[field] !== undefined) known[field] = Math.round(((known[field] ?? 0) + more[field]) * 1e6) / 1e6;
  };
  const closeMinutes = (before: number) => {
    for (const [name, event] of sums) {
      if (new Date(event.ts!).getTime() >= before) continue;
      sums.delete(name);
      queue(event);
    }
  };
  const post = async (lines: readonly string[], key: string): Promise<void> => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
      const answer = await fetch(target, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson", "idempotency-key": key },
        body: lines.join("\n"),
        redirect: "manual",
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(ANSWER_MS)]),
      }).catch(() => null);
      const body = (await answer?.json().catch(() => null)) as { accepted?: number } | null | undefined;
      const status = answer?.status ?? 0;
      if (status === 202 || status === 400 || status === 422) {
        const accepted = status === 422 ? lines.length : (body?.accepted ?? 0);
        stats.accepted += accepted;
        stats.rejected += lines.length - accepted;
        if (accepted < lines.length) tell("Plimsoll rejected events: see the answer of POST /v1/events");
        return;
      }
      if (status === 413 && lines.length > 1) {
        const middle = lines.length >> 1;
        await post(lines.slice(0, middle), `${key}-1`);
        return post(lines.slice(middle), `${key}-2`);
      }
      if (status === 413) return drop(1, "an event is too large");
      tell(status === 0 ? "Plimsoll does not answer" : `Plimsoll answers ${status}`);
      const asked = Number(answer?.headers.get("retry-after") ?? 0) * 1000;
      await sleep(Math.min(Math.max(waitMs, asked), LONGEST_WAIT_MS), undefined, { ref: false, signal: stop.signal });
    }
  };
  const flush = async (): Promise<void> => {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    closeMinutes(isClosed ? Infinity : minute * MINUTE_MS);
    tellSilence(minute);
    while (waiting.length > 0) {
      const lines = waiting.slice(0, BATCH_EVENTS);
      waiting = waiting.slice(BATCH_EVENTS);
      underWay = lines.length;
      await post(lines, `send-${randomUUID()}`).catch(() => drop(lines.length, "closed before all was sent"));
      underWay = 0;
    }
  };
  const timer = setInterval(() => {
    if (underWay === 0) sending = flush();
  }, flushMs);
  timer.unref();
  return {
    record(event) {
      try {
        if (isClosed) return drop(1, "recorded after close");
        stats.recorded += 1;
        const timed = { ...event, ts: event.ts ?? new Date().toISOString() };
        if (aggregate) sum(timed);
        else queue(timed);
      } catch {
        stats.dropped += 1;
      }
    },
    stats: () => ({ ...stats, waiting: waiting.length + underWay + sums.size }),
    async close(withinMs = 5000) {
      isClosed = true;
      clearInterval(timer);
      const giveUp = setTimeout(() => stop.abort(), withinMs);
      await sending;
      await flush();
      clearTimeout(giveUp);
    },
  };
}
