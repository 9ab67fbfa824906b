import type { RefusedRoute } from "../../../baseline/slide-refusals.js";
import type { KeyLeak } from "../../../model/finding/leak-statistics.js";
import type { NoveltyLevel } from "../../../model/finding/novelty.js";
import { holdingAt, type SuppressionRevision } from "../../../model/incident/suppression.js";
import { parsePrefix, type Prefix } from "../../../model/network/address.js";
import { isWithin } from "../../../model/network/address-cover.js";
import { printPrefix } from "../../../model/network/print-prefix.js";
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
  /** What people said is expected of the key, as far as that was on file. */
  readonly suppressions: readonly SuppressionRevision[];
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
    const sources = this.#seenFrom(levels, seenFrom);
    // Who is left of the same newcomers is told by how many are: the eldest leave first.
    return this.#trafficOf(`${levels.join()} ${sources.length}`, sources);
  }

  /** The same without those whom people expect at a tick, where others sent anything in some minutes: these alone are news. */
  unexpectedAt(
    levels: readonly NoveltyLevel[],
    seenFrom: number,
    { tick, minutes: [from, end] }: { readonly tick: number; readonly minutes: readonly [from: number, end: number] },
  ): BlamedTraffic {
    const all = this.at(levels, seenFrom);
    const networks = holdingAt(this.#rows.suppressions, tick).flatMap((one) =>
      one.networks.flatMap((network) => parsePrefix(network) ?? []),
    );
    if (networks.length === 0) return all;
    const sources = this.#seenFrom(levels, seenFrom);
    const others = sources.filter(({ source }) => !isAmong(source.value, networks));
    const name = `${levels.join()} ${sources.length} beside ${networks.map(printPrefix).join()}`;
    const left = this.#trafficOf(name, others);
    return left.between(from, end).length === 0 ? all : left;
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

  #seenFrom(levels: readonly NoveltyLevel[], seenFrom: number): readonly TotalledSource[] {
    return this.#newcomersAt(levels).filter(({ source }) => source.seenAt >= seenFrom);
  }

  #trafficOf(name: string, sources: readonly TotalledSource[]): BlamedTraffic {
    const traffic = this.#traffic.get(name) ?? new BlamedTraffic(sources);
    this.#traffic.set(name, traffic);
    return traffic;
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
  return { value, asn, networkType, seenAt: firstAt, firstAt, at, requests, spendMicros: at.map(() => 0) };
}

/** A program or a route lies in no network. */
function isAmong(value: string, networks: readonly Prefix[]): boolean {
  const own = parsePrefix(value);
  return own !== null && networks.some((network) => isWithin(own, network));
}
