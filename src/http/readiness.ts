import type { Redis } from "ioredis";
import type { DeliveryState } from "../store/coverage.js";
import { withinDeadline } from "../store/deadline.js";
import type { Store } from "../store/store.js";
import type { Readiness } from "./health-route.js";

/** Whoever asks wants an answer now: what does not answer by then is not ready. */
const DEADLINE_MS = 2000;
/** Checks run every minute; this far behind something is wrong. */
const LATE_CHECK_MS = 5 * 60_000;
/** A page is sent within seconds. */
const LATE_PAGE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;

/** Asks ClickHouse and Redis anew, each with a deadline, and how far checks have come. Nothing is cached. */
export async function askReadiness(
  deps: { readonly store: Store; readonly redis: Redis },
  now: number,
): Promise<Readiness> {
  const [clickhouse, redis, checks, pages] = await Promise.all([
    ask(async () => ({ clock: new Date(await deps.store.readClock()).toISOString() })),
    ask(async () => ({ answer: await deps.redis.ping() })),
    ask(async () => lagOf(await deps.store.readCheckCursor(), now)),
    ask(async () => pagesOf(await deps.store.readDeliveryState(now - DAY_MS), now)),
  ]);
  return { ready: clickhouse.ok && redis.ok, checks: { clickhouse, redis, checks, pages } };
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

function lagOf(cursor: number | null, now: number) {
  if (cursor === null) return { state: "nothing was checked yet" };
  const behindMs = now - cursor;
  return { checked_until: new Date(cursor).toISOString(), state: behindMs > LATE_CHECK_MS ? "late" : "up to date" };
}

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
