import {
  type CheckProgress,
  type CopiesState,
  type DeliveryState,
  type GuardState,
  type LiveSource,
  type UnreadReport,
} from "../model/coverage.js";
import { spell, type CoverageProblem } from "./coverage-problem.js";
import { judgeClocks, type ClockFacts } from "./judge-clocks.js";
import { judgeGuard } from "./judge-guard.js";
import { judgeSources } from "./judge-sources.js";
import { judgeShard, type AwayShard } from "./judge-shard.js";
import { judgeUnjudged, type UnjudgedKeys } from "./judge-unjudged.js";
import { judgeLostEvents, type LostEvents } from "./lost-events.js";

/** What is known of Plimsoll itself at an instant; all instants epoch ms, null: not known, or nothing of the kind. */
export interface CoverageFacts {
  /** Since when Redis does not answer. */
  readonly redisDownSince: number | null;
  /** Until when keys were checked, when that was put on file, and until which minute to come a wrong clock said so; null before the first check. */
  readonly checks: CheckProgress | null;
  /** ClickHouse servers that do not answer. */
  readonly awayShards: readonly AwayShard[];
  /** When the oldest batch that is accepted but not recorded was received. */
  readonly unrecordedSince: number | null;
  readonly sources: readonly LiveSource[];
  readonly delivery: DeliveryState;
  /** False where neither a routing key nor a destination is configured: then pages are to wait. */
  readonly canPage: boolean;
  /** Destinations beside PagerDuty with copies that wait or failed. */
  readonly copies: readonly CopiesState[];
  /** Guards with calls that wait or were refused. */
  readonly guards: readonly GuardState[];
  /** Reports of providers that cannot be read. */
  readonly unread: readonly UnreadReport[];
  /** Whether there is a PagerDuty beside them. */
  readonly hasPager: boolean;
  /** Null: every key is judged. */
  readonly unjudged: UnjudgedKeys | null;
  readonly clocks: Pick<ClockFacts, "apartMs" | "skewed">;
  /** Events that were acknowledged in the last day and lost; null while it cannot be said. */
  readonly lost: readonly LostEvents[] | null;
}

const MINUTE_MS = 60_000;
/** A restart takes less. */
const REDIS_MS = MINUTE_MS;
/** From so far behind on keys are not watched: three periods of the check, and the time that a minute settles. */
export const CHECK_MS = 4.5 * MINUTE_MS;
/** A batch is recorded within a second where all is well; a first import of history may take minutes. */
const RECORD_MS = 5 * MINUTE_MS;
/** Longer than the retries that a hiccup of PagerDuty takes. */
const DELIVERY_MS = 5 * MINUTE_MS;

/** Everything that keeps Plimsoll from seeing or telling at an instant (epoch ms); of what follows from another, only the other. */
export function judgeCoverage(facts: CoverageFacts, now: number): CoverageProblem[] {
  const { redisDownSince: down } = facts;
  const always = [
    ...judgeClocks({ ...facts.clocks, checksUntil: facts.checks?.futureUntil ?? null, sources: facts.sources }, now),
    ...judgeLostEvents(facts.lost ?? []),
    ...judgeDelivery(facts, now),
    ...facts.copies.flatMap((one) => judgeCopies(one, facts.hasPager, now)),
    ...facts.guards.flatMap((one) => judgeGuard(one, now)),
  ];
  if (down !== null) return now - down < REDIS_MS ? always : [redisIsDown(down, now), ...always];
  // What waits to be recorded waits for them, and who is silent cannot be said.
  if (facts.awayShards.length > 0) {
    const checks = judgeChecks(facts, now);
    return [
      ...facts.awayShards.flatMap((one) => judgeShard(one, now)),
      ...(checks === null ? [] : [checks]),
      ...always,
    ];
  }
  const recording = judgeRecording(facts, now);
  if (recording !== null) return [recording, ...always];
  const checks = judgeChecks(facts, now);
  const unjudged = judgeUnjudged(facts.unjudged, now);
  const sources = judgeSources(facts, now);
  return [...(checks === null ? [] : [checks]), ...(unjudged === null ? [] : [unjudged]), ...sources, ...always];
}

function redisIsDown(since: number, now: number): CoverageProblem {
  return {
    cause: "coverage",
    subject: { kind: "part", part: "redis" },
    severity: "critical",
    since,
    summary: `Blind: Redis has not answered for ${spell(now - since)}; no event is accepted and no key is watched`,
    whatToDo: "Restore Redis. Senders get a 503 and retry; missed minutes are checked afterwards.",
  };
}

function judgeRecording({ unrecordedSince: since }: CoverageFacts, now: number): CoverageProblem | null {
  if (since === null || now - since < RECORD_MS) return null;
  return {
    cause: "coverage",
    subject: { kind: "part", part: "recording" },
    severity: "error",
    since,
    summary: `Blind: accepted events have waited for ${spell(now - since)} to be recorded; minutes are judged without them now, and again once they are recorded`,
    whatToDo: "Check that `plimsoll work` runs and that ClickHouse accepts inserts: `plimsoll doctor`.",
  };
}

function judgeChecks({ checks }: CoverageFacts, now: number): CoverageProblem | null {
  if (checks === null) return null;
  // One that catches up is behind, and yet does not stand still.
  const { checkedUntil } = checks;
  if (now - Math.max(checkedUntil, checks.recordedAt) < CHECK_MS) return null;
  return {
    cause: "coverage",
    subject: { kind: "part", part: "checks" },
    severity: "critical",
    since: checkedUntil,
    summary: `Blind: no key was checked for ${spell(now - checkedUntil)}`,
    whatToDo:
      "Check that `plimsoll work` runs, and what its log says of check-keys: `plimsoll doctor`. Missed minutes are checked afterwards.",
  };
}

function judgeDelivery({ delivery, canPage }: CoverageFacts, now: number): CoverageProblem[] {
  const { oldestAt } = delivery;
  if (!canPage) return [];
  const parts = undelivered("page", delivery, now);
  if (parts.length === 0) return [];
  return [
    {
      cause: "delivery",
      subject: { kind: "part", part: "pagerduty" },
      severity: "error",
      since: oldestAt ?? now,
      summary: `Pages cannot be delivered: ${parts.join("; ")}`,
      whatToDo:
        "See the problem column of the view pages, or `plimsoll incidents show`; then check routing key, host and network: `plimsoll doctor`.",
    },
  ];
}

/** A destination that takes nothing wakes nobody while PagerDuty has the same. */
function judgeCopies(state: CopiesState, hasPager: boolean, now: number): CoverageProblem[] {
  const { destination, oldestAt, waitingProblem } = state;
  const parts = undelivered("notification", state, now);
  if (parts.length === 0) return [];
  const why = oldestAt !== null && waitingProblem !== "" ? ` (${waitingProblem})` : "";
  return [
    {
      cause: "delivery",
      subject: { kind: "part", part: `destination/${destination}` },
      severity: hasPager ? "warning" : "error",
      since: oldestAt ?? now,
      summary: `Notifications do not reach destination ${destination}: ${parts.join("; ")}${why}`,
      whatToDo: `Correct ${destination} in PLIMSOLL_DESTINATIONS, then send a test: \`plimsoll doctor --send-test\`. What waits is retried for a day.${hasPager ? " PagerDuty has all of it." : ""}`,
    },
  ];
}

/** What waits for too long and what was refused, as parts of a sentence; none where all is well. */
function undelivered(what: string, { oldestAt, waiting, failed, problem }: DeliveryState, now: number): string[] {
  const isLate = oldestAt !== null && now - oldestAt > DELIVERY_MS;
  return [
    ...(isLate
      ? [`${waiting} ${what}${waiting === 1 ? "" : "s"} waiting, the oldest for ${spell(now - oldestAt)}`]
      : []),
    ...(failed > 0 ? [`${failed} refused or abandoned in the last day (${problem})`] : []),
  ];
}
