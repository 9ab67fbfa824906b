import type { Redis } from "ioredis";
import { readCheckState, type CheckState, type LastCheckFailure } from "../pipeline/view/check-state.js";
import { withinDeadline } from "../flow/deadline.js";
import { reachOf } from "../pipeline/page/deliver-pages.js";
import { countLostEvents } from "../pipeline/watch/count-lost-events.js";
import { readKnownTroubles } from "../pipeline/watch/known-troubles.js";
import type { WatchDeps } from "../pipeline/watch/watch-coverage.js";
import { LATE_PAGE_MS, type CheckProgress, type DeliveryState } from "../model/coverage.js";
import type { Store } from "../store/store.js";
import { isSkewed, MAX_SKEW_MS, type Clock } from "../time/clock.js";
import type { Readiness } from "./health-route.js";

/** Whoever asks wants an answer now: what does not answer by then is not ready. */
const DEADLINE_MS = 2000;
const DAY_MS = 24 * 3_600_000;

/**
 * Asks ClickHouse and Redis anew, each with a deadline, and how far checks have come. Nothing is cached. `ok` says of each that nobody has to look at it;
 * ready is who reaches ClickHouse and Redis.
 */
export async function askReadiness(
  deps: {
    readonly store: Store;
    readonly redis: Redis;
    readonly clock: Clock;
    readonly lastCheckFailure: LastCheckFailure;
    readonly watchDeps: Pick<WatchDeps, "clocks" | "loss"> & {
      readonly deliver: Pick<WatchDeps["deliver"], "pager" | "destinations">;
    };
  },
  now: number,
): Promise<Readiness> {
  const reach = reachOf(deps.watchDeps.deliver);
  const [clickhouse, redis, state, pages, coverage, clock, events] = await Promise.all([
    ask(async () => ({ clock: new Date(await deps.store.readClock()).toISOString() })),
    ask(async () => ({ answer: await deps.redis.ping() })),
    ask(async () => readCheckState(deps.store, now, deps.lastCheckFailure)),
    ask(async () => pagesOf(await deps.store.watch.readDeliveryState(now - DAY_MS), reach !== "nobody", now)),
    ask(async () => coverageOf(await readKnownTroubles(deps.store, reach, now))),
    ask(async () => clockOf(deps, await deps.store.watch.readCheckProgress(), now)),
    ask(async () => lossOf(await countLostEvents(deps.watchDeps.loss, now))),
  ]);
  return {
    ready: clickhouse.ok && redis.ok,
    checks: { clickhouse, redis, checks: checksOf(state), learning: learningOf(state), pages, coverage, clock, events },
  };
}

/** Pages that PagerDuty refused for good, or does not take: that makes no process unready, and somebody has to see it. */
function pagesOf({ waiting, oldestAt, waitingProblem, failed, problem }: DeliveryState, canPage: boolean, now: number) {
  const isLate = oldestAt !== null && now - oldestAt > LATE_PAGE_MS;
  const state = !canPage ? "no routing key" : failed > 0 ? "refused" : isLate ? "late" : "up to date";
  return {
    ok: state === "up to date",
    waiting,
    ...(oldestAt === null ? {} : { waiting_since: new Date(oldestAt).toISOString() }),
    ...(waitingProblem === "" ? {} : { waiting_problem: waitingProblem }),
    failed_in_a_day: failed,
    ...(failed > 0 ? { problem } : {}),
    state,
  };
}

/** What keeps it from seeing or telling, as `/coverage` says it: that makes no process unready, and somebody has to see it. */
function coverageOf(troubles: readonly { readonly summary: string }[]) {
  const problems = troubles.map(({ summary }) => summary);
  return {
    ok: problems.length === 0,
    ...(problems.length === 0 ? {} : { problems }),
    state: problems.length === 0 ? "no known problem" : "problems",
  };
}

/** A wrong clock here or elsewhere, and checks that one marked as done before their time: serve goes by the shared clock all the same. */
async function clockOf(
  { clock, watchDeps }: { readonly clock: Clock; readonly watchDeps: Pick<WatchDeps, "clocks" | "loss"> },
  progress: CheckProgress | null,
  now: number,
) {
  const { skewed, apartMs } = await watchDeps.clocks();
  const futureUntil = progress?.futureUntil ?? null;
  const isWrong = isSkewed(clock) || skewed.length > 0 || Math.abs(apartMs ?? 0) > MAX_SKEW_MS;
  const aheadMs = clock.aheadMs();
  const isRight = !isWrong && futureUntil === null;
  return {
    ok: isRight,
    now: new Date(now).toISOString(),
    ...(aheadMs === null ? {} : { ahead_s: Math.round(aheadMs / 100) / 10 }),
    ...(skewed.length === 0
      ? {}
      : { wrong_clocks: skewed.map((one) => `${one.name}: ${Math.round(one.aheadMs / 1000)} s`) }),
    ...(futureUntil === null ? {} : { checks_marked_until: new Date(futureUntil).toISOString() }),
    state: !isRight ? "wrong" : aheadMs === null ? "not compared yet" : "right",
  };
}

/** Acknowledged events of the last day that were lost: that makes no process unready, and somebody has to see it. */
function lossOf(lost: Awaited<ReturnType<typeof countLostEvents>>) {
  if (lost === null) return { ok: false, state: "unknown: Redis does not answer" };
  const events = lost.reduce((sum, one) => sum + one.events, 0);
  return { ok: events === 0, lost_in_a_day: events, state: events > 0 ? "lost" : "all recorded or waiting" };
}

type Asked = { readonly ok: boolean; readonly problem?: string } & Partial<CheckState>;

function checksOf({ ok, problem, checkedUntil, checks }: Asked) {
  if (problem !== undefined) return { ok, problem };
  const late = checkedUntil === null ? "no check yet" : "late";
  return {
    ok: !checks,
    ...(checkedUntil ? { checked_until: new Date(checkedUntil).toISOString() } : {}),
    state: checks ? late : "up to date",
    ...reasonOf(checks),
  };
}

function learningOf({ ok, problem, learning }: Asked) {
  if (problem !== undefined) return { ok, problem };
  return { ok: !learning, state: learning ? "behind" : "up to date", ...reasonOf(learning) };
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
