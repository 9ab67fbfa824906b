import type { NewSource } from "../../../model/finding/leak-statistics.js";
import { countBelow } from "../../../model/count-below.js";
import { SERIES_MINUTES, zeros } from "./minute-series.js";
import type { Newcomer } from "./newcomers.js";

/** A sparse series: `at[i]` is the minute of `requests[i]`. */
interface MinuteCounts {
  readonly at: readonly number[];
  readonly requests: readonly number[];
}

/** A source with what it requested in a span of minutes. */
export interface SourceCount {
  readonly source: Newcomer;
  readonly requests: number;
}

/** Everybody of whom some evidence is, minute by minute, added up once for all the ticks of a span. */
export class BlamedTraffic {
  readonly #sources: readonly TotalledSource[];
  /** In the order in which those are told who are equally busy. */
  readonly #byValue: readonly TotalledSource[];
  readonly #counted: readonly MinuteCounts[];
  #requests: readonly number[] | null = null;
  #spendMicros: readonly number[] | null = null;

  /** @param counted what requests are counted of: what is refused counts whoever asked for it */
  constructor(
    sources: readonly TotalledSource[],
    counted: readonly MinuteCounts[] = sources.map(({ source }) => source),
  ) {
    this.#sources = sources;
    this.#byValue = sources.toSorted(({ source: a }, { source: b }) => compareTexts(a.value, b.value));
    this.#counted = counted;
  }

  /** Requests in each minute of a series. */
  get requests(): readonly number[] {
    return (this.#requests ??= sumSeries(this.#counted.map(({ at, requests }) => ({ at, values: requests }))));
  }

  /** Micro-dollars in each minute of a series. */
  get spendMicros(): readonly number[] {
    const series = () => this.#sources.map(({ source: { at, spendMicros } }) => ({ at, values: spendMicros }));
    return (this.#spendMicros ??= sumSeries(series()));
  }

  /** Sources that sent anything in a span of minutes, the busiest first, and who are equally busy by their values. */
  between(from: number, end: number): SourceCount[] {
    const counts: SourceCount[] = [];
    for (const { source, minutes, totals } of this.#byValue) {
      const requests = totals[countBelow(minutes, end)]! - totals[countBelow(minutes, from)]!;
      if (requests > 0) counts.push({ source, requests });
    }
    return counts.sort((a, b) => b.requests - a.requests);
  }
}

/** A source with its minutes in order, and before each and after the last the requests until then: whole numbers, so that differences are exact. */
export interface TotalledSource {
  readonly source: Newcomer;
  readonly minutes: readonly number[];
  readonly totals: readonly number[];
}

/** Totals the requests of a source. */
export function totalled(source: Newcomer): TotalledSource {
  const { at, requests } = source;
  const isInOrder = at.every((minute, i) => i === 0 || at[i - 1]! <= minute);
  const order = isInOrder ? null : [...at.keys()].sort((a, b) => at[a]! - at[b]!);
  const totals = [0];
  for (let i = 0; i < at.length; i += 1) totals.push(totals[i]! + requests[order?.[i] ?? i]!);
  return { source, minutes: order?.map((i) => at[i]!) ?? at, totals };
}

/** A source as findings list it, with what it did in a span of minutes. */
export function newSource({ source, requests }: SourceCount, from: number, end: number): NewSource {
  const { value, asn, networkType, firstAt, at, spendMicros } = source;
  return {
    address: value,
    asn,
    network_type: networkType,
    first_seen: new Date(firstAt).toISOString(),
    requests,
    spend_micros: at.reduce((sum, minute, i) => (minute >= from && minute < end ? sum + spendMicros[i]! : sum), 0),
  };
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sumSeries(rows: readonly { readonly at: readonly number[]; readonly values: readonly number[] }[]): number[] {
  const sums = zeros(SERIES_MINUTES);
  for (const { at, values } of rows) for (let i = 0; i < at.length; i += 1) sums[at[i]!]! += values[i]!;
  return sums;
}
