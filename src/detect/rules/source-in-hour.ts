import { NO_ADDRESS } from "../../model/no-address.js";
import { countText } from "../evidence.js";

/** What came from one address in the hour before a tick; spend in micro-dollars, instants in epoch ms. */
export interface SourceInHour {
  readonly address: string;
  readonly asn: number;
  readonly networkType: string;
  readonly firstAt: number;
  readonly requests: number;
  readonly refused: number;
  readonly spendMicros: number;
  /** Whether the key had used this network before. */
  readonly isKnown: boolean;
}

/** Addresses beyond these are counted, not listed. */
const LISTED = 20;

/** Sources as statistics hold them, the busiest first. */
export function sourceRows(sources: readonly SourceInHour[]) {
  return sources
    .toSorted((a, b) => b.requests + b.refused - a.requests - a.refused || (a.address < b.address ? -1 : 1))
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
}

/** `3 addresses` with the busiest networks in brackets: `(AS64500 hosting, AS64501 isp and 2 more)`. */
export function networksText(all: readonly SourceInHour[]): string {
  const sources = all.filter(({ address }) => address !== NO_ADDRESS);
  const unplaced = "callers without an address";
  if (sources.length === 0 && all.length > 0) return unplaced;
  const addresses = new Set(sources.map(({ address }) => address)).size;
  const names = [
    ...new Set(sourceRows(sources).map(({ asn, network_type: type }) => `${asn > 0 ? `AS${asn} ` : ""}${type}`)),
  ];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  const text = `${countText(addresses)} address${addresses === 1 ? "" : "es"} (${names.slice(0, 3).join(", ")}${more})`;
  return sources.length === all.length ? text : `${text} and ${unplaced}`;
}

/** Sums over sources. */
export function sumOf(sources: readonly SourceInHour[], value: (source: SourceInHour) => number): number {
  return sources.reduce((sum, source) => sum + value(source), 0);
}
