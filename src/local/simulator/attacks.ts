import type { NetworkRow } from "./networks.js";
import type { RouteMix } from "./route-mix.js";
import type { SourcePlan } from "./source-pool.js";

/** Ways to use a stolen key: those of detection.md, of which one is drawn where nobody says which. */
export const attackKinds = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"] as const;
/** Attackers who know that somebody watches, and by what, and those of whose keys little is known; only on demand. */
export const adaptiveKinds = ["K", "L", "M", "N", "O", "P", "Q"] as const;
export type AttackKind = (typeof attackKinds)[number] | (typeof adaptiveKinds)[number];

/** What each kind does, in a few words. */
export const attackTitles: Readonly<Record<AttackKind, string>> = {
  A: "fill up to a share of the limit",
  B: "constant on top",
  C: "ramp over days",
  D: "nights only",
  E: "expensive routes",
  F: "from the owner's own cloud",
  G: "hundreds of residential addresses",
  H: "bursts",
  I: "run into the limit",
  J: "imitate the owner",
  K: "poisoning: three weeks of small daily increases from almost nothing, so that a baseline adapts to it",
  L: "spread: a twentieth of the volume on each of 20 keys of one owner, from one network at the same time",
  M: "residential rotation: another household's address every few requests, at the owner's daily rhythm",
  N: "free routes: all requests on routes without a price, with a key whose usual requests cost money",
  O: "first days: a key that is stolen within two days of its first use",
  P: "unused: four fifths of the limit of a key that is unused most of the time",
  Q: "explore first: a quarter of an hour of refused requests on many routes, then constant on top",
};

export type AttackOrigin = "hosting" | "residential" | "own_cloud" | "own_host";

/** What a caller wants of an attack; whatever is missing is drawn. Instants are epoch milliseconds. */
export interface AttackRequest {
  readonly kind: AttackKind;
  readonly keyId?: string;
  readonly from?: number;
  readonly to?: number;
  /** By the clock; a rate that is drawn may come by chance. Of a spread: over all keys. */
  readonly requestsPerMinute?: number;
  /** Instead of `requestsPerMinute`: a share of what the holders send on average. */
  readonly shareOfMean?: number;
  /** The attacker leaves so much to the holders that both together stay at or below this in every minute. */
  readonly totalAtMost?: number | null;
  readonly origin?: AttackOrigin;
  /** Number of the attacker's addresses. */
  readonly addresses?: number;
  /** Prefixes of the fleet's networks that the attacker's addresses come from, unless he sits on the owner's host. */
  readonly cidrs?: readonly string[];
  /** Route templates of the key's service, the most frequent first. */
  readonly routes?: readonly string[];
  readonly userAgent?: string;
}

/** How the attacker's rate runs over the attack. */
export type AttackPattern =
  | { readonly kind: "steady" | "ramp" | "nights" | "rhythm" }
  | { readonly kind: "bursts"; readonly minutes: number; readonly everyMinutes: number }
  /** From `firstShare` of the rate on the first day by equal factors to the whole rate on the last. */
  | { readonly kind: "daily_steps"; readonly firstShare: number }
  /** So many minutes of exploring at a rate of its own, all of it refused, before the rate begins. */
  | { readonly kind: "explore_first"; readonly minutes: number; readonly requestsPerMinute: number };

/** An attacker's plan for one key in full, in epoch minutes. */
export interface Attack {
  /** The same for all keys that one attacker uses. */
  readonly id: string;
  readonly kind: AttackKind;
  readonly keyId: string;
  readonly from: number;
  readonly to: number;
  readonly requestsPerMinute: number;
  /** Whether the requests come by the clock. */
  readonly isExact: boolean;
  readonly totalAtMost: number | null;
  /** Requests per request of the holders, on top of `requestsPerMinute`. */
  readonly echo: number;
  readonly pattern: AttackPattern;
  readonly origin: AttackOrigin;
  /** On the holders' own host its program alone counts: the address is theirs. */
  readonly sources: SourcePlan;
  readonly networks: readonly NetworkRow[];
  readonly routes: RouteMix;
  /** Whether its program calls itself what the holders' do. */
  readonly copiesClient: boolean;
}
