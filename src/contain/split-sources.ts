import type { Cause } from "../model/finding/finding.js";
import type { KeyTraffic, TrafficSource } from "../model/finding/key-traffic.js";
import { parsePrefix, type Prefix } from "../model/network/address.js";
import { isWithin } from "../model/network/address-cover.js";

/** Whom an incident blames, for the decision who is known to the key. */
export interface Blamed {
  readonly cause: Cause;
  /** Blocks (CIDR) that hold every source that its findings blame; null where not all can be named. */
  readonly networks: readonly string[] | null;
  /** Of a leak: the key's unknown sources, as an investigation names them; null where the incident is about where a key may be used, or whether at all. */
  readonly unknown: ReadonlyMap<string, UnknownKind> | null;
  /** Epoch ms. */
  readonly onsetAt: number;
}

/**
 * What makes an address an unknown source: it is new to the key, the key was not used at all before, or it lies outside the allowed networks and was there
 * before: nobody denies that one without naming it, since more likely the registry is behind.
 */
export type UnknownKind = "new" | "first use" | "outside allowed";

/** The unknown sources that are denied where nobody names networks. */
export function deniable(unknown: ReadonlyMap<string, UnknownKind>): readonly string[] {
  return [...unknown].filter(([, kind]) => kind !== "outside allowed").map(([address]) => address);
}

/** What some sources came to. */
export interface SourceSums {
  readonly addresses: number;
  readonly requests: number;
  readonly served: number;
  /** The busiest of them. */
  readonly busiest: readonly TrafficSource[];
}

/** The sources of a span, and requests of those that are too many to be listed. */
export interface SplitTraffic {
  readonly known: SourceSums;
  readonly unknown: SourceSums;
  readonly unlisted: number;
}

const SHOWN = 3;

/** Whether a source is one of those that an incident is about: of a leak the unknown sources, of anything else who its finding blames. */
export function isUnknownTo({ networks, unknown }: Blamed): (source: TrafficSource) => boolean {
  if (unknown !== null) return ({ address }) => unknown.has(address);
  const blocks = (networks ?? []).flatMap((network) => parsePrefix(network) ?? []);
  return ({ address }) => isIn(address, blocks);
}

/** Splits a span's sources into those that the key knows and those that the incident is about. */
export function splitSources(traffic: KeyTraffic, blamed: Blamed): SplitTraffic {
  const isUnknown = isUnknownTo(blamed);
  const listed = traffic.sources.reduce((sum, { requests }) => sum + requests, 0);
  return {
    known: sumsOf(traffic.sources.filter((source) => !isUnknown(source))),
    unknown: sumsOf(traffic.sources.filter(isUnknown)),
    unlisted: traffic.requests - listed,
  };
}

function sumsOf(sources: readonly TrafficSource[]): SourceSums {
  const total = (of: (source: TrafficSource) => number) => sources.reduce((sum, source) => sum + of(source), 0);
  return {
    addresses: sources.length,
    requests: total(({ requests }) => requests),
    served: total(({ served }) => served),
    busiest: sources.toSorted((a, b) => b.served - a.served || b.requests - a.requests).slice(0, SHOWN),
  };
}

/** Whether an address lies in one of some blocks; what came without an address lies in none. */
export function isIn(address: string, blocks: readonly Prefix[]): boolean {
  const own = parsePrefix(address);
  return own !== null && blocks.some((block) => isWithin(own, block));
}
