import type { Cause } from "../model/finding.js";
import type { Severity } from "../model/page.js";

/** What is known of Plimsoll itself at an instant; all instants epoch ms, null: not known, or nothing of the kind. */
export interface CoverageFacts {
  /** Since when Redis does not answer. */
  readonly redisDownSince: number | null;
  /** Until when keys were checked, and when that was put on file; null before the first check. */
  readonly checks: { readonly checkedUntil: number; readonly recordedAt: number } | null;
  /** When the oldest batch that is accepted but not recorded was received. */
  readonly unrecordedSince: number | null;
  readonly sources: readonly {
    readonly source: string;
    readonly heardUntil: number;
    readonly ingestedAt: number;
    readonly minutes: number;
    readonly longestGapMs: number;
  }[];
  readonly delivery: {
    readonly waiting: number;
    readonly oldestAt: number | null;
    readonly failed: number;
    readonly problem: string;
  };
  /** False where no routing key is configured: then pages are to wait. */
  readonly canPage: boolean;
  /** Null: every key is judged. */
  readonly unjudged: UnjudgedKeys | null;
}

/** Keys that nobody registered and that are not judged, since more of them than `cap` were used in the last day. */
export interface UnjudgedKeys {
  readonly keys: number;
  readonly requests: number;
  readonly cap: number;
  /** From where most of their requests came, and who reported them, the most first. */
  readonly networks: readonly { readonly name: string; readonly requests: number }[];
  readonly sources: readonly { readonly name: string; readonly requests: number }[];
}

/** Something that keeps Plimsoll from seeing or telling. */
export interface CoverageProblem {
  readonly cause: Extract<Cause, "coverage" | "delivery">;
  /** What it is about, as a path: one incident for each. */
  readonly subject: string;
  readonly severity: Severity;
  /** Epoch ms since when. */
  readonly since: number;
  readonly summary: string;
  readonly whatToDo: string;
}

const MINUTE_MS = 60_000;
/** A restart takes less. */
const REDIS_MS = MINUTE_MS;
/** Three periods of the check, and the time that a minute settles. */
const CHECK_MS = 4.5 * MINUTE_MS;
/** A batch is recorded within a second where all is well; a first import of history may take minutes. */
const RECORD_MS = 5 * MINUTE_MS;
/** Sources send events or a heartbeat each minute. */
const SILENCE_MS = 5 * MINUTE_MS;
/** Of a source that was heard less nobody can say what is usual. */
const LEAST_MINUTES = 30;
/** Longer than the retries that a hiccup of PagerDuty takes. */
const DELIVERY_MS = 5 * MINUTE_MS;

/** Everything that keeps Plimsoll from seeing or telling at an instant (epoch ms); of what follows from another, only the other. */
export function judgeCoverage(facts: CoverageFacts, now: number): CoverageProblem[] {
  const { redisDownSince: down } = facts;
  const delivery = judgeDelivery(facts, now);
  if (down !== null) return now - down < REDIS_MS ? delivery : [redisIsDown(down, now), ...delivery];
  const recording = judgeRecording(facts, now);
  if (recording !== null) return [recording, ...delivery];
  const checks = judgeChecks(facts, now);
  const unjudged = judgeUnjudged(facts, now);
  const sources = facts.sources.flatMap((one) => judgeSource(one, now));
  return [...(checks === null ? [] : [checks]), ...(unjudged === null ? [] : [unjudged]), ...sources, ...delivery];
}

function redisIsDown(since: number, now: number): CoverageProblem {
  return {
    cause: "coverage",
    subject: "part/redis",
    severity: "critical",
    since,
    summary: `Blind: Redis has not answered for ${spell(now - since)}; no event is accepted and no key is watched`,
    whatToDo: "Bring Redis back. Senders are told to try again (503), and missed minutes are checked afterwards.",
  };
}

function judgeRecording({ unrecordedSince: since }: CoverageFacts, now: number): CoverageProblem | null {
  if (since === null || now - since < RECORD_MS) return null;
  return {
    cause: "coverage",
    subject: "part/recording",
    severity: "error",
    since,
    summary: `Blind: accepted events have waited for ${spell(now - since)} to be recorded; minutes are judged without them, and again when they are`,
    whatToDo: "See whether `plimsoll work` runs and ClickHouse takes inserts: `plimsoll doctor`.",
  };
}

function judgeChecks({ checks }: CoverageFacts, now: number): CoverageProblem | null {
  if (checks === null) return null;
  // One that catches up is behind, and yet does not stand still.
  const { checkedUntil } = checks;
  if (now - Math.max(checkedUntil, checks.recordedAt) < CHECK_MS) return null;
  return {
    cause: "coverage",
    subject: "part/checks",
    severity: "critical",
    since: checkedUntil,
    summary: `Blind: no key was checked for ${spell(now - checkedUntil)}`,
    whatToDo:
      "See whether `plimsoll work` runs and its schedules stand: `plimsoll doctor`. Missed minutes are checked afterwards.",
  };
}

/** Nobody is woken: whoever makes up key ids would do so at will. */
function judgeUnjudged({ unjudged }: CoverageFacts, now: number): CoverageProblem | null {
  if (unjudged === null) return null;
  const { keys, requests, cap, networks, sources } = unjudged;
  const share = (part: { readonly name: string; readonly requests: number } | undefined) =>
    part === undefined ? "" : `${Math.round((100 * part.requests) / Math.max(1, requests))} % from ${part.name}`;
  const reporters = sources.map(({ name }) => name).join(", ");
  return {
    cause: "coverage",
    subject: "part/unregistered-keys",
    severity: "warning",
    since: now,
    summary:
      `Not judged: ${keys.toLocaleString("en")} keys that nobody registered, beyond ${cap.toLocaleString("en")} with the most served requests; ` +
      `of their ${requests.toLocaleString("en")} requests in a day ${share(networks[0])}, reported by ${reporters}`,
    whatToDo:
      "Registered keys are always judged: register those that are yours (`plimsoll keys list`, `plimsoll keys import`). Where they are failed " +
      "attempts, block that network at the gateway; PLIMSOLL_UNREGISTERED_KEYS is the number of other keys that are judged.",
  };
}

function judgeSource(of: CoverageFacts["sources"][number], now: number): CoverageProblem[] {
  const heard = Math.max(of.heardUntil, of.ingestedAt);
  const bound = Math.max(SILENCE_MS, 2 * of.longestGapMs);
  if (of.minutes < LEAST_MINUTES || now - heard < bound) return [];
  return [
    {
      cause: "coverage",
      subject: `source/${encodeURIComponent(of.source)}`,
      severity: "error",
      since: heard,
      summary: `Blind to ${of.source}: silent for ${spell(now - heard)}; keys whose traffic it reports are not watched`,
      whatToDo: `Look at the sender that uses the ingest token ${of.source}. Where it has nothing to report, an empty POST /v1/events each minute says so.`,
    },
  ];
}

function judgeDelivery({ delivery, canPage }: CoverageFacts, now: number): CoverageProblem[] {
  const { oldestAt, waiting, failed, problem } = delivery;
  if (!canPage) return [];
  const late = oldestAt !== null && now - oldestAt > DELIVERY_MS;
  if (!late && failed === 0) return [];
  const parts = [
    ...(late ? [`${waiting} page${waiting === 1 ? "" : "s"} waiting for ${spell(now - oldestAt)}`] : []),
    ...(failed > 0 ? [`${failed} refused or given up in the last day (${problem})`] : []),
  ];
  return [
    {
      cause: "delivery",
      subject: "part/pagerduty",
      severity: "error",
      since: oldestAt ?? now,
      summary: `Pages cannot be delivered: ${parts.join("; ")}`,
      whatToDo:
        "See the problem of each in the view pages, or `plimsoll incidents show`; then routing key, host and network: `plimsoll doctor`.",
    },
  ];
}

function spell(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 2) return `${Math.round(ms / 1000)} s`;
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}
