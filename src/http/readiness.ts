import type { Redis } from "ioredis";
import type { DeliveryState } from "../store/coverage.js";
import { readCheckState, type CheckState } from "../pipeline/check-state.js";
import { withinDeadline } from "../store/deadline.js";
import type { Store } from "../store/store.js";
import type { Readiness } from "./health-route.js";

/** Whoever asks wants an answer now: what does not answer by then is not ready. */
const DEADLINE_MS = 2000;
/** A page is sent within seconds. */
const LATE_PAGE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** Asks ClickHouse and Redis anew, each with a deadline, and how far checks have come. Nothing is cached. */
export async function askReadiness(
  deps: { readonly store: Store; readonly redis: Redis },
  now: number,
): Promise<Readiness> {
  const [clickhouse, redis, state, pages] = await Promise.all([
    ask(async () => ({ clock: new Date(await deps.store.readClock()).toISOString() })),
    ask(async () => ({ answer: await deps.redis.ping() })),
    ask(async () => readCheckState(deps.store, now)),
    ask(async () => pagesOf(await deps.store.readDeliveryState(now - DAY_MS), now)),
  ]);
  return {
    ready: clickhouse.ok && redis.ok,
    checks: { clickhouse, redis, checks: checksOf(state), learning: learningOf(state), pages },
  };
}

/** Pages that PagerDuty refused for good, or does not take: that makes no process unready, and somebody has to see it. */
function pagesOf({ waiting, oldestAt, failed, problem }: DeliveryState, now: number) {
  const isLate = oldestAt !== null && now - oldestAt > LATE_PAGE_MS;
  const state = failed > 0 ? "refused" : isLate ? "late" : "up to date";
  return {
    waiting,
    ...(oldestAt === null ? {} : { waiting_since: new Date(oldestAt).toISOString() }),
    failed_in_a_day: failed,
    ...(failed > 0 ? { problem } : {}),
    state,
  };
}

type Asked = { readonly ok: boolean; readonly problem?: string } & Partial<CheckState>;

function checksOf({ ok, problem, checkedUntil, checks }: Asked) {
  if (problem !== undefined) return { ok, problem };
  const late = checkedUntil === null ? "nothing was checked yet" : "late";
  return {
    ok,
    ...(checkedUntil ? { checked_until: new Date(checkedUntil).toISOString() } : {}),
    state: checks ? late : "up to date",
    ...reasonOf(checks),
  };
}

function learningOf({ ok, problem, learning }: Asked) {
  if (problem !== undefined) return { ok, problem };
  return { ok, state: learning ? "behind" : "up to date", ...reasonOf(learning) };
}

const reasonOf = (lag: CheckState["checks" | "learning"] | undefined) =>
  lag ? { reason: lag.reason, because: lag.text } : {};

async function ask<T extends object>(
  question: () => Promise<T>,
): Promise<{ ok: boolean } & Partial<T> & { problem?: string }> {
  try {
    return { ok: true, ...(await withinDeadline(DEADLINE_MS, question)) };
  } catch (error) {
    return { ok: false, problem: problemOf(error) } as { ok: boolean } & Partial<T> & { problem: string };
  }
}

/** A network error's code, or its first words: never a URL, which may hold a password. */
function problemOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? (message ?? "unknown").split("\n")[0]?.slice(0, 120) ?? "unknown";
}
