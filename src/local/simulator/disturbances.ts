import type { KeyProfile } from "./key-profile.js";
import { v4Of } from "./key-sources.js";
import type { Network, Operator } from "./networks.js";
import { Random } from "./random.js";

interface Span {
  /** Epoch minutes, half-open. */
  readonly from: number;
  readonly to: number;
}

/** Something legitimate that happens to a key. Loads are relative to what the key would do without it. */
export type Disturbance =
  | (Span & { readonly kind: "deploy" })
  /** `canaryFrom` to `from` a small share comes from the new networks; from `from` to `to` they take over. */
  | (Span & {
      readonly kind: "migration";
      readonly canaryFrom: number;
      readonly canaryShare: number;
      readonly networks: readonly Network[];
    })
  | (Span & { readonly kind: "campaign"; readonly load: number })
  | (Span & { readonly kind: "retry_storm"; readonly load: number })
  /** Silence from `from` to `to`, then `load` until `caughtUpAt`. */
  | (Span & { readonly kind: "outage"; readonly caughtUpAt: number; readonly load: number })
  | (Span & { readonly kind: "step_up"; readonly load: number; readonly onNewRoute: boolean })
  | (Span & { readonly kind: "batch"; readonly requestsPerMinute: number });

/** How often what happens, per key and day (detection.md section 9, which counts per 35 days). */
const PER_DAY = {
  deploy: 1.7 / 35,
  migration: 0.05 / 35,
  retry_storm: 0.8 / 35,
  outage: 0.35 / 35,
  step_up: 0.1 / 35,
  batch: 0.05 / 35,
  campaign: 0.22 / 35,
};
const CANARY_SHARE_OF_MIGRATIONS = 0.5;
const RETRY_ERROR_SHARE = 0.55;

/** Draws everything legitimate that happens to a key in a span of epoch minutes, in order. */
export function drawDisturbances(
  seed: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  span: Span,
): readonly Disturbance[] {
  const random = new Random(seed, `${profile.keyId}/disturbances`);
  const days = (span.to - span.from) / 1440;
  const drawn: Disturbance[] = [];
  for (const [kind, perDay] of Object.entries(PER_DAY)) {
    const times = random.poisson(perDay * days);
    for (let i = 0; i < times; i++) {
      const from = random.whole(span.from, span.to - 1);
      const disturbance = drawDisturbance(kind as Disturbance["kind"], from, profile, operators, random);
      if (disturbance !== undefined && from >= profile.activeFrom) drawn.push(disturbance);
    }
  }
  return drawn.sort((a, b) => a.from - b.from);
}

/** One disturbance of a kind that begins at `from` (epoch minute), or undefined where the kind does not fit the key. */
export function drawDisturbance(
  kind: Disturbance["kind"],
  from: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): Disturbance | undefined {
  const people = profile.sources.kind === "clients";
  const minutes = (min: number, max: number) => from + random.whole(min, max);
  switch (kind) {
    case "deploy":
      return people ? undefined : { kind, from, to: minutes(3, 25) };
    case "migration": {
      // A confined key's new networks would have to be allowed first: that is a change of the registry, not of traffic.
      if (people || profile.confined) return undefined;
      const networks = random.sample(v4Of(random.pick(operators.filter((o) => o.type === "cloud"))), 1);
      const canary = random.chance(CANARY_SHARE_OF_MIGRATIONS) ? random.whole(60, 48 * 60) : 0;
      return {
        kind,
        from,
        to: minutes(15, 240),
        canaryFrom: from - canary,
        canaryShare: random.between(0.05, 0.2),
        networks,
      };
    }
    case "campaign":
      return people ? { kind, from, to: minutes(120, 360), load: random.between(2, 4) } : undefined;
    case "retry_storm":
      return { kind, from, to: minutes(5, 40), load: random.between(2, 6) };
    case "outage": {
      const to = minutes(10, 120);
      const load = random.between(1.6, 3);
      return { kind, from, to, caughtUpAt: to + Math.round((to - from) / (load - 1)), load };
    }
    case "step_up":
      return {
        kind,
        from,
        to: Number.MAX_SAFE_INTEGER,
        load: random.between(1.15, 1.6),
        onNewRoute: random.chance(0.4),
      };
    case "batch":
      return {
        kind,
        from,
        to: minutes(30, 300),
        requestsPerMinute: profile.meanPerMinute * random.between(2, 8),
      };
  }
}

/** What a key's disturbances make of one minute: requests = usual * load + extra. */
export interface Conditions {
  readonly load: number;
  readonly extraPerMinute: number;
  /** Share of requests that fail on top of the key's usual errors. */
  readonly errorShare: number;
  /** How many times the usual number of people come. */
  readonly widen: number;
  /** Share of requests on the route that the holders did not use before. */
  readonly newRouteShare: number;
}

const CALM: Conditions = { load: 1, extraPerMinute: 0, errorShare: 0, widen: 1, newRouteShare: 0 };

/** The conditions at an epoch minute; disturbances that overlap multiply. */
export function conditionsAt(disturbances: readonly Disturbance[], minute: number): Conditions {
  let now: Draft | undefined;
  for (const disturbance of disturbances) {
    const end = disturbance.kind === "outage" ? disturbance.caughtUpAt : disturbance.to;
    if (minute < disturbance.from || minute >= end) continue;
    now ??= { ...CALM };
    disturb(now, disturbance, minute);
  }
  return now ?? CALM;
}

type Draft = { -readonly [Name in keyof Conditions]: Conditions[Name] };

function disturb(now: Draft, disturbance: Disturbance, minute: number): void {
  switch (disturbance.kind) {
    case "deploy":
    case "migration":
      return;
    case "outage":
      now.load *= minute < disturbance.to ? 0 : disturbance.load;
      return;
    case "campaign":
      now.load *= disturbance.load;
      now.widen *= disturbance.load;
      return;
    case "retry_storm":
      now.load *= disturbance.load;
      now.errorShare = RETRY_ERROR_SHARE;
      return;
    case "step_up":
      now.load *= disturbance.load;
      if (disturbance.onNewRoute) now.newRouteShare = 1 - 1 / disturbance.load;
      return;
    case "batch":
      now.extraPerMinute += disturbance.requestsPerMinute;
  }
}
