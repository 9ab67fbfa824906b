import type { Network } from "./networks.js";
import type { RouteMix } from "./route-mix.js";
import type { SourcePlan } from "./source-pool.js";

/** Epoch minutes, half-open; what lasts ends at `FOREVER`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const FOREVER = Number.MAX_SAFE_INTEGER;

/** Something legitimate that happens to a key. Loads are relative to what the key would do without it. */
export type Disturbance =
  | (Span & {
      readonly kind: "deploy";
      readonly isUpgrade: boolean;
      /** What the callers call themselves from then on; as before when absent. */
      readonly changesTo?: string;
    })
  /** `canaryFrom` to `from` a small share comes from the new networks; from `from` to `to` they take over. */
  | (Span & {
      readonly kind: "migration";
      readonly canaryFrom: number;
      readonly canaryShare: number;
      readonly networks: readonly Network[];
    })
  | (Span & { readonly kind: "campaign" | "retry_storm" | "step_down" | "holiday"; readonly load: number })
  /** Silence from `from` to `to`, then `load` until `caughtUpAt`. */
  | (Span & { readonly kind: "outage"; readonly caughtUpAt: number; readonly load: number })
  | (Span & { readonly kind: "step_up"; readonly load: number; readonly onNewRoute: boolean })
  | (Span & { readonly kind: "batch"; readonly requestsPerMinute: number })
  | Visit;

/** Somebody else of the owner's, or something of theirs, that uses the key as well. */
export type Visit = Span & {
  readonly kind: (typeof visits)[number];
  readonly requestsPerMinute: number;
  /** Whether the requests come by the clock. */
  readonly isExact: boolean;
  readonly sources: SourcePlan;
  /** What is asked for; what the key's holders use when absent. */
  readonly routes?: RouteMix;
  /** Whether the key may do nothing of it. */
  readonly isForbidden?: true;
};

const visits = [
  "new_consumer",
  "monitor",
  "developer",
  "unready_release",
  "access_test",
  "script",
  "added_client",
] as const;

export type DisturbanceKind = Disturbance["kind"];

/** First epoch minute at which a disturbance can be seen. */
export function beginOf(disturbance: Disturbance): number {
  return disturbance.kind === "migration" ? disturbance.canaryFrom : disturbance.from;
}

/** First epoch minute after a disturbance. */
export function endOf(disturbance: Disturbance): number {
  return disturbance.kind === "outage" ? disturbance.caughtUpAt : disturbance.to;
}

export function isVisit(disturbance: Disturbance): disturbance is Visit {
  return visits.some((kind) => kind === disturbance.kind);
}
