import type { ToldSources } from "../../model/finding/fact-statistics.js";
import type { SourceTraffic } from "../../model/finding/evidence.js";
import { blameStatistics } from "../../model/finding/blamed-sources.js";
import { NO_ADDRESS } from "../../model/network/no-address.js";
import { countText } from "../../text/amounts.js";

/** What came from one address in the hour before a tick; instants are starts of minutes. */
export interface SourceInHour extends SourceTraffic {
  readonly refused: number;
  /** Whether the key had used this network before. */
  readonly isKnown: boolean;
}

/** Busiest sources that are listed with their figures; `blamed_networks` holds all. */
const LISTED = 20;

/** Sources as statistics hold them: the busiest with their figures, and all of them as blocks. */
export function sourceStatistics(sources: readonly SourceInHour[]): ToldSources {
  const rows = busiestFirst(sources)
    .slice(0, LISTED)
    .map((source) => ({
      address: source.address,
      asn: source.asn,
      network_type: source.networkType,
      first_seen: new Date(source.firstAt).toISOString(),
      requests: source.requests,
      refused: source.refused,
      spend_micros: source.spendMicros,
    }));
  return { sources: rows, ...blameStatistics(sources.map(({ address }) => address)) };
}

const busiestFirst = (sources: readonly SourceInHour[]) =>
  sources.toSorted((a, b) => b.requests + b.refused - a.requests - a.refused || (a.address < b.address ? -1 : 1));

/** `3 addresses` with the busiest networks in brackets: `(AS64500 hosting, AS64501 isp and 2 more)`. */
export function networksText(all: readonly SourceInHour[]): string {
  const sources = all.filter(({ address }) => address !== NO_ADDRESS);
  const unplaced = "sources without an address";
  if (sources.length === 0 && all.length > 0) return unplaced;
  const addresses = new Set(sources.map(({ address }) => address)).size;
  const names = [
    ...new Set(busiestFirst(sources).map(({ asn, networkType: type }) => `${asn > 0 ? `AS${asn} ` : ""}${type}`)),
  ];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  const text = `${countText(addresses)} address${addresses === 1 ? "" : "es"} (${names.slice(0, 3).join(", ")}${more})`;
  return sources.length === all.length ? text : `${text} and ${unplaced}`;
}

/** Sums over sources. */
export function sumOf(sources: readonly SourceInHour[], value: (source: SourceInHour) => number): number {
  return sources.reduce((sum, source) => sum + value(source), 0);
}

/** Start of the last minute with a request of any source, RFC 3339. */
export function lastOf(sources: readonly SourceInHour[]): string {
  return new Date(Math.max(...sources.map(({ lastAt }) => lastAt))).toISOString();
}
