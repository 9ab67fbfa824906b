import type { NetworkRow } from "./networks.js";
import type { RouteMix } from "./route-mix.js";
import type { SourcePlan } from "./source-pool.js";

/**
 * Ways to use a stolen key (detection.md): A fill to a share of the limit, B constant on top, C ramp over days, D nights
 * only, E expensive routes, F from the owner's own cloud, G hundreds of homes, H bursts, I smash into the limit, J mimic.
 */
export const attackKinds = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"] as const;
export type AttackKind = (typeof attackKinds)[number];

export type AttackOrigin = "hosting" | "residential" | "own_cloud" | "own_host";

/** What a caller wants of an attack; whatever is missing is drawn. Instants are epoch milliseconds. */
export interface AttackWish {
  readonly kind: AttackKind;
  readonly keyId?: string;
  readonly from?: number;
  readonly to?: number;
  readonly requestsPerMinute?: number;
  /** Instead of `requestsPerMinute`: a share of what the holders send on average. */
  readonly shareOfMean?: number;
  /** The thief leaves so much to the holders that both together stay at or below this in every minute. */
  readonly totalAtMost?: number | null;
  readonly origin?: AttackOrigin;
  /** Number of the thief's addresses. */
  readonly addresses?: number;
  /** Prefixes of the fleet's networks that the thief's addresses come from, unless he sits on the owner's host. */
  readonly cidrs?: readonly string[];
  /** Route templates of the key's service, the most frequent first. */
  readonly routes?: readonly string[];
  readonly userAgent?: string;
}

/** A thief's plan in full, in epoch minutes. */
export interface Attack {
  readonly kind: AttackKind;
  readonly keyId: string;
  readonly from: number;
  readonly to: number;
  readonly requestsPerMinute: number;
  readonly totalAtMost: number | null;
  /** Requests per request of the holders, on top of `requestsPerMinute`. */
  readonly echo: number;
  readonly pattern: "steady" | "ramp" | "nights" | "bursts";
  readonly origin: AttackOrigin;
  /** Null: the holders' own hosts. */
  readonly sources: SourcePlan | null;
  readonly networks: readonly NetworkRow[];
  readonly routes: RouteMix;
}
