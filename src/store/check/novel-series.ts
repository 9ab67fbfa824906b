import type { NetworkType } from "../../model/network/network-table.js";
import type { FirstDays } from "../../model/key/founding.js";
import type { NoveltyRowLevel } from "../../model/finding/novelty.js";
import type { Subject } from "../../model/subject.js";

/** An address, a route or a client that was new to a key at all of `levels`, at each since its `seenAt` (epoch ms). */
export interface NovelValue extends Subject {
  /** IPv4 or IPv6 text, NO_ADDRESS, a route or a client. */
  readonly value: string;
  /** First address of its /24 (IPv6: /64), as ClickHouse prints it; empty for a route or a client, and where there was no address. */
  readonly network: string;
  readonly asn: number;
  readonly networkType: NetworkType | "unknown";
  /** Epoch ms of its first use. */
  readonly usedAt: number;
  readonly levels: readonly NoveltyRowLevel[];
  readonly seenAt: readonly number[];
  /** Of the key, where it is compared with others. */
  readonly firstDays: FirstDays | null;
}

/** Traffic of such a value, in steps that are counted from the beginning of the span that was asked for, ascending. */
export interface NovelSeries extends NovelValue {
  readonly at: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

/** The order in which traffic is read: that of the same rows is the same however they came together. */
export function compareSeries(one: NovelSeries, other: NovelSeries): number {
  return (
    compare(one.keyId, other.keyId) ||
    compare(one.observedBy, other.observedBy) ||
    compare(one.value, other.value) ||
    compare(one.asn, other.asn) ||
    compare(one.networkType, other.networkType) ||
    compare(one.levels.join(), other.levels.join())
  );
}

function compare<Value extends string | number>(a: Value, b: Value): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
