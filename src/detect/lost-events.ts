import type { CoverageProblem } from "./coverage-problem.js";

/** How many events of a source one run of serve acknowledged in an hour. */
export interface AcceptedEvents {
  /** Epoch ms of the hour's start. */
  readonly hour: number;
  readonly source: string;
  readonly process: string;
  readonly events: number;
  /** When the last of them was committed, epoch ms of Redis's clock. */
  readonly countedAt: number;
}

/** How many of them are recorded. */
export type RecordedEvents = Omit<AcceptedEvents, "countedAt">;

/** Events of a source that were acknowledged in an hour and are neither recorded nor waiting. */
export interface LostEvents {
  readonly hour: number;
  readonly source: string;
  readonly events: number;
}

const HOUR_MS = 3_600_000;

/**
 * What was lost, by counts of acceptance, then what waited after they were taken (epoch ms of Redis's clock since when the oldest does;
 * null when nothing waits), then counts of recording: in this order. A run is compared with itself, so that one that was killed before it
 * told what it accepted hides no loss of another, and only when nothing from before its last event waits.
 */
export function lostEvents(
  accepted: readonly AcceptedEvents[],
  oldestWaitingAt: number | null,
  recorded: readonly RecordedEvents[],
): LostEvents[] {
  const there = new Map(recorded.map((one) => [lotOf(one), one.events]));
  const lost = new Map<string, LostEvents>();
  for (const one of accepted) {
    if (oldestWaitingAt !== null && oldestWaitingAt <= one.countedAt) continue;
    const missing = one.events - (there.get(lotOf(one)) ?? 0);
    if (missing <= 0) continue;
    const { hour, source } = one;
    const name = `${hour} ${source}`;
    lost.set(name, { hour, source, events: (lost.get(name)?.events ?? 0) + missing });
  }
  return [...lost.values()];
}

/** One problem for each source and hour, with the number of events. */
export function judgeLostEvents(lost: readonly LostEvents[]): CoverageProblem[] {
  return lost.map(({ hour, source, events }) => ({
    cause: "coverage",
    subject: { kind: "lost", source, hour: new Date(hour).toISOString().slice(0, 13) },
    severity: "critical",
    since: hour,
    summary: `Lost: ${events.toLocaleString("en")} accepted events of ${source}, received ${hours(hour)}, were never recorded`,
    whatToDo:
      "Redis has lost data: look for a FLUSHALL, or a failover to a replica that was behind. Have the sender resend the events of that time; their minutes are then checked again.",
  }));
}

function lotOf({ hour, source, process }: RecordedEvents): string {
  return `${hour} ${process} ${source}`;
}

function hours(hour: number): string {
  const [from, until] = [hour, hour + HOUR_MS].map((at) => new Date(at).toISOString().slice(11, 16));
  return `${new Date(hour).toISOString().slice(0, 10)} ${from} to ${until} UTC`;
}
