import type { RefusedRoute } from "../../../baseline/slide-refusals.js";
import { noveltyMs, type Baseline } from "../../../model/finding/baseline.js";
import { LEAST_ADDITIVE } from "../../../detect/measure.js";
import type { Verdict } from "../../../detect/judge-key.js";
import { NOVELTY_LEVELS, SYSTEM_LEVELS, type NoveltyLevel } from "../../../model/finding/novelty.js";
import type { KeyLeak } from "../../../model/finding/leak-statistics.js";
import type { Newcomer } from "./newcomers.js";
import type { RefusedSource } from "../../../store/check/foreign-refusals.js";

/** What the evidence is about: sources or programs that are new to the key, or what it was refused; null: neither. */
export type Blamed = "sources" | "clients" | "refusals" | null;

/** Somebody or something of whom the evidence is, minute by minute. */
export type BlamedSource = Pick<
  Newcomer,
  "value" | "asn" | "networkType" | "seenAt" | "at" | "requests" | "spendMicros"
>;

/** What decides on blame: the verdict, and everybody who was new or refused. */
interface Evidence {
  readonly verdict: Verdict;
  readonly tick: number;
  readonly baseline: Baseline | null;
  readonly newcomers: readonly Newcomer[];
  readonly refusedSources: readonly RefusedSource[];
}

/** Whom or what the loudest evidence of the winning window is about. */
export function whatIsBlamed({ verdict, tick, baseline, newcomers, refusedSources }: Evidence): {
  readonly blamed: Blamed;
  readonly newcomers: readonly BlamedSource[];
} {
  const { window, expert, surprises } = verdict.statistics;
  const at = (...levels: readonly NoveltyLevel[]) =>
    newcomers.filter((row) => levels.some((level) => level === row.level) && row.seenAt >= tick - noveltyMs(baseline));
  if (expert === "explorer") {
    const sources = refusedSources.map((row) => ({ ...row, seenAt: row.firstAt, spendMicros: row.at.map(() => 0) }));
    return { blamed: "refusals", newcomers: sources };
  }
  const level = surprises[window]?.level ?? null;
  // Who comes with another program from elsewhere is told by where from: that can be blocked.
  if ((expert === "newcomer" || expert === "program") && level !== null)
    return { blamed: "sources", newcomers: at(...withSiblings(NOVELTY_LEVELS[level]!, verdict)) };
  if (expert === "program") return { blamed: "clients", newcomers: at("client") };
  return { blamed: null, newcomers: [] };
}

/**
 * A level with those of the same breadth that came in addition as well: who comes from a hoster and from somebody's line at once is new at both, while
 * a network that the key moves to is new too and nobody's fault.
 */
function withSiblings(level: NoveltyLevel, { statistics: { window, novel } }: Verdict): readonly NoveltyLevel[] {
  const systems = SYSTEM_LEVELS.map((index) => NOVELTY_LEVELS[index]!);
  if (!systems.includes(level)) return [level];
  const cameInAddition = (other: NoveltyLevel) => (novel[other]?.additive_share[window] ?? 0) >= LEAST_ADDITIVE;
  return systems.filter((other) => other === level || cameInAddition(other));
}

/** On how many routes something was refused in a span of minutes. */
export function routesBetween(routes: readonly RefusedRoute[], from: number, end: number): number {
  const asked = routes.filter(({ at }) => at.some((minute) => minute >= from && minute < end));
  return new Set(asked.map(({ route }) => route)).size;
}

/** Newcomers that sent anything in a span of minutes, the busiest first. */
export function sourcesBetween(newcomers: readonly BlamedSource[], from: number, end: number) {
  const within = (row: BlamedSource, values: readonly number[]) =>
    row.at.reduce((sum, at, i) => (at >= from && at < end ? sum + values[i]! : sum), 0);
  return newcomers
    .map((row) => ({
      address: row.value,
      asn: row.asn,
      network_type: row.networkType,
      first_seen: new Date(row.seenAt).toISOString(),
      requests: within(row, row.requests),
      spend_micros: within(row, row.spendMicros),
    }))
    .filter((source) => source.requests > 0)
    .toSorted((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1));
}

/** Most programs, and most routes, that a finding names beside those whom it blames. */
const MOST_ALSO_NEW = 20;

/** What else was new to the key in a span of minutes, the busiest first: whoever calls the finding benign vouches for that as well. */
export function alsoNew(newcomers: readonly Newcomer[], from: number, end: number): KeyLeak["also_new"] & object {
  const at = (level: Newcomer["level"]) =>
    sourcesBetween(
      newcomers.filter((row) => row.level === level),
      from,
      end,
    )
      .slice(0, MOST_ALSO_NEW)
      .map(({ address }) => address);
  return { programs: at("client"), routes: at("route") };
}
