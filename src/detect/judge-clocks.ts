import { MAX_SKEW_MS } from "../time/clock.js";
import { spell, type CoverageProblem } from "./coverage-problem.js";

/** What is known of clocks at an instant; all in milliseconds. */
export interface ClockFacts {
  /** By how much Redis's clock is ahead of ClickHouse's; null while not both can be asked. */
  readonly apartMs: number | null;
  /** Processes whose own clock is wrong, by how much it is ahead, and since when (epoch ms). */
  readonly skewed: readonly { readonly name: string; readonly aheadMs: number; readonly since: number }[];
  /** Until when keys are said to be checked though that minute is still to come (epoch ms); null when none is. */
  readonly checksUntil: number | null;
  /** How far ahead of now the newest minute of a source lies. */
  readonly sources: readonly { readonly source: string; readonly aheadMs: number }[];
}

/** Events may carry a time of so much ahead: clocks of senders differ. */
const ACCEPTED_AHEAD_MS = 11 * 60_000;
/** More than a minute is no matter of rounding. */
const AHEAD_MS = 2 * 60_000;
const SET_CLOCK =
  "Let NTP (chrony or systemd-timesyncd) set the clock of that machine: `plimsoll doctor` compares them.";

/** What is wrong with clocks, and what was put on file under a wrong one, at an instant (epoch ms). */
export function judgeClocks(facts: ClockFacts, now: number): CoverageProblem[] {
  return [
    ...judgeServers(facts, now),
    ...facts.skewed.map(judgeProcess),
    ...judgeChecksAhead(facts, now),
    ...facts.sources.flatMap((one) => judgeSourceAhead(one, now)),
  ];
}

function judgeServers({ apartMs }: ClockFacts, now: number): CoverageProblem[] {
  if (apartMs === null || Math.abs(apartMs) <= MAX_SKEW_MS) return [];
  return [
    {
      ...problem({ kind: "clock", of: "servers" }, "error", now),
      summary: `Wrong clock: Redis is ${aheadOf(apartMs)} ClickHouse`,
      whatToDo: SET_CLOCK,
    },
  ];
}

function judgeProcess({ name, aheadMs, since }: ClockFacts["skewed"][number]): CoverageProblem {
  const does = name.startsWith("work")
    ? "it runs no jobs until its clock is right"
    : "it uses the clock of the servers";
  return {
    ...problem({ kind: "clock", of: name }, "error", since),
    summary: `Wrong clock: ${name} is ${aheadOf(aheadMs)} Redis and ClickHouse; ${does}`,
    whatToDo: SET_CLOCK,
  };
}

function judgeChecksAhead({ checksUntil }: ClockFacts, now: number): CoverageProblem[] {
  if (checksUntil === null || checksUntil <= now) return [];
  return [
    {
      ...problem({ kind: "clock", of: "checks" }, "error", now),
      summary: `Wrong clock: checks are marked done until ${utc(checksUntil)}, ${spell(checksUntil - now)} from now; those marks are ignored`,
      whatToDo: `Find the machine whose clock was ahead, and set it by NTP. The minutes until then are checked as they come.`,
    },
  ];
}

function judgeSourceAhead({ source, aheadMs }: ClockFacts["sources"][number], now: number): CoverageProblem[] {
  if (aheadMs <= AHEAD_MS) return [];
  return [
    {
      ...problem({ kind: "source clock", source }, aheadMs > ACCEPTED_AHEAD_MS ? "error" : "warning", now),
      summary: `Wrong clock: ${source} has reported minutes up to ${spell(aheadMs)} from now; they do not count as received until then`,
      whatToDo: `Set the clock of the sender that uses the ingest token ${source}, and those of the machines that run \`plimsoll serve\`, by NTP.`,
    },
  ];
}

function problem(subject: CoverageProblem["subject"], severity: CoverageProblem["severity"], since: number) {
  return { cause: "coverage", subject, severity, since } as const;
}

function aheadOf(ms: number): string {
  return `${spell(Math.round(Math.abs(ms) / 1000) * 1000)} ${ms > 0 ? "ahead of" : "behind"}`;
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
