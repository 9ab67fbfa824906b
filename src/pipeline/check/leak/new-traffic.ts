import type { RefusedRoute } from "../../../baseline/slide-refusals.js";
import type { KeyLeak } from "../../../model/finding/leak-statistics.js";
import type { NoveltyLevel } from "../../../model/finding/novelty.js";
import type { RefusedSource } from "../../../store/check/foreign-refusals.js";
import type { NovelRun } from "../facts/novel-piece.js";
import { BlamedTraffic, totalled, type TotalledSource } from "./blamed-traffic.js";
import { newcomersOf, type Newcomer } from "./newcomers.js";

/** Most programs, and most routes, that a finding names beside those whom it blames. */
const MOST_ALSO_NEW = 20;

/** What is known of one subject in the day before an hour and in the hour, in minutes from the first on. */
export interface SubjectRows {
  /** Epoch ms. */
  readonly hour: number;
  readonly runs: readonly NovelRun[];
  /** Epoch ms: what it first used before that is not new to it. */
  readonly newFrom: number;
  /** What was refused on routes that had never served it. */
  readonly refused: readonly RefusedRoute[];
  /** Addresses that were refused with it and never served before; read where refusals are the evidence. */
  readonly refusedSources: readonly RefusedSource[];
}

/** What was new to a subject, and what it was refused, for all ticks of a span: what the same evidence needs is added up once. */
export class NewTraffic {
  readonly #rows: SubjectRows;
  readonly #newcomers = new Map<string, readonly TotalledSource[]>();
  readonly #traffic = new Map<string, BlamedTraffic>();
  #refusals: BlamedTraffic | null = null;

  constructor(rows: SubjectRows) {
    this.#rows = rows;
  }

  /** Traffic of whom the subject first saw at an instant (epoch ms) or later, at any of some levels. */
  at(levels: readonly NoveltyLevel[], seenFrom = -Infinity): BlamedTraffic {
    const all = this.#newcomersAt(levels);
    const sources = all.filter(({ source }) => source.seenAt >= seenFrom);
    // Who is left of the same newcomers is told by how many are: the eldest leave first.
    const name = `${levels.join()} ${sources.length}`;
    const traffic = this.#traffic.get(name) ?? new BlamedTraffic(sources);
    this.#traffic.set(name, traffic);
    return traffic;
  }

  /** What was refused, and to whom. */
  refusals(): BlamedTraffic {
    const { refused, refusedSources } = this.#rows;
    return (this.#refusals ??= new BlamedTraffic(refusedSources.map(refusedAsNew).map(totalled), refused));
  }

  /** On how many routes something was refused in a span of minutes. */
  refusedRoutes(from: number, end: number): number {
    const asked = this.#rows.refused.filter(({ at }) => at.some((minute) => minute >= from && minute < end));
    return new Set(asked.map(({ route }) => route)).size;
  }

  /** What else was new in a span of minutes, the busiest first: whoever calls the finding benign vouches for that as well. */
  alsoNew(from: number, end: number): KeyLeak["also_new"] & object {
    const busiest = (level: NoveltyLevel) =>
      this.at([level])
        .between(from, end)
        .slice(0, MOST_ALSO_NEW)
        .map(({ source }) => source.value);
    return { programs: busiest("client"), routes: busiest("route") };
  }

  #newcomersAt(levels: readonly NoveltyLevel[]): readonly TotalledSource[] {
    const { runs, hour, newFrom } = this.#rows;
    const name = levels.join();
    const known = this.#newcomers.get(name) ?? newcomersOf(runs, levels, hour, newFrom).map(totalled);
    this.#newcomers.set(name, known);
    return known;
  }
}

/** Who was refused costs nothing. */
function refusedAsNew({ value, asn, networkType, firstAt, at, requests }: RefusedSource): Newcomer {
  return { value, asn, networkType, seenAt: firstAt, at, requests, spendMicros: at.map(() => 0) };
}
