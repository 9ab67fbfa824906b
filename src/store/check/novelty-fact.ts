import type { FirstDays } from "../../model/key/founding.js";
import type { Lineages } from "../../model/key/lineage.js";
import type { Subject } from "../../model/subject.js";

/** What decides on novelty besides the traffic: keys to which things stay new for longer, and the registry as of an instant (epoch ms). */
export interface NoveltyContext {
  readonly held: { readonly keys: readonly string[]; readonly days: readonly number[] };
  readonly registry: { readonly at: number; readonly visible: number };
  /** What keys succeed: what these used is not new to them. */
  readonly lineages: Lineages;
}

/** Since when (epoch ms) an address is new to a key at each level; 0 where it is not. */
export interface AddressFact extends Subject {
  /** Epoch ms of its first use, new or not. */
  readonly usedAt: number;
  /** As ClickHouse prints it. */
  readonly address: string;
  /** First address of its /24 (IPv6: /64), as ClickHouse prints it; empty where there was no address. */
  readonly network: string;
  readonly ip: number;
  readonly net24: number;
  readonly net16: number;
  readonly outsideAllowed: number;
  /** Whether it is in an allowed network; null where none are set. */
  readonly isAllowed: boolean | null;
  /** Of the key, where it is compared with others. */
  readonly firstDays: FirstDays | null;
}

/** Since when (epoch ms) an autonomous system, a route or a client is new to a key. */
export interface ValueFact extends Subject {
  /** Epoch ms of its first use, new or not. */
  readonly usedAt: number;
  readonly value: string;
  readonly seenAt: number;
  /** Of a system that a key first used in its first 48 hours: it founded the key at addresses that it is allowed. */
  readonly foundsAllowed: boolean;
  readonly firstDays: FirstDays | null;
}

/** What is new to keys at an instant. */
export interface NoveltyFacts {
  readonly addresses: readonly AddressFact[];
  readonly systems: readonly ValueFact[];
  readonly routes: readonly ValueFact[];
  readonly clients: readonly ValueFact[];
}

/** Nothing is new. */
export const NO_NOVELTY: NoveltyFacts = { addresses: [], systems: [], routes: [], clients: [] };
