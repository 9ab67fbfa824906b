import { drawSourceKind, drawSources } from "./key-sources.js";
import type { Operator } from "./networks.js";
import { Random } from "./random.js";
import { drawShape } from "./draw-shape.js";
import { isExact, peakOf, type DayShape, type ShapeKind } from "./rate-shape.js";
import { drawRoutes, type RouteMix } from "./route-mix.js";
import type { SourcePlan } from "./source-pool.js";

/** Everything that makes one key's holders who they are; what happens to them later is a Disturbance or an Attack. */
export interface KeyProfile {
  readonly keyId: string;
  readonly routes: RouteMix;
  readonly shape: DayShape;
  /** Requests per minute, averaged over a week. */
  readonly meanPerMinute: number;
  /** Requests the gateway serves in a minute; the rest gets 429. Null: nobody told. */
  readonly limitPerMinute: number | null;
  /** Shape of the gamma that spreads the counts of single minutes: low is rough. */
  readonly evenness: number;
  /** Standard deviations of three log-rates that wander over 10 minutes, 3 hours and 2.4 days. */
  readonly wander: readonly [number, number, number];
  /** Growth of the mean in a week, as a share. */
  readonly weeklyGrowth: number;
  /** Share of requests that end in 4xx or 5xx on a good day. */
  readonly errorShare: number;
  readonly sources: SourcePlan;
  /** Whether the key may only be used from its own networks. */
  readonly confined: boolean;
  /** First epoch minute of the key's life. */
  readonly activeFrom: number;
}

/** How many keys of a fleet live which kind of day (docs/detection.md, 10; nightly batches are for those who ask). */
const SHAPES: Readonly<Record<ShapeKind, number>> = {
  business: 26,
  evening: 14,
  flat: 16,
  poller: 9,
  cron: 9,
  nightly: 0,
  weekly: 4,
  mixed: 10,
  ci: 7,
  plateau: 5,
  dormant: 4,
};
const LIMIT_TIERS = [60, 100, 120, 300, 600, 1000, 1500, 3000] as const;
const LARGEST_LIMIT = 3000;
/** Those who saturate a limit have one of the lower tiers. */
const SATURATED_TIERS = [60, 100, 120, 300] as const;
const HEADROOM = [1.4, 5] as const;
/** Requests per minute of a fleet's keys: log-normal, within bounds. */
const RATES = { median: 4, sigma: 1.5, least: 0.1, most: 60 } as const;
/** A dormant key's rate is that of its waking hours, which are about one in so many. */
const DORMANT_SHARE = 1 / 170;
const LATE_KEY_SHARE = 0.1;
const UNKNOWN_LIMIT_SHARE = 0.1;
const CONFINED_SHARE = 0.3;

/** What a caller wants to be so; everything else is drawn. */
export interface ProfileRequest {
  readonly shape?: DayShape;
  readonly kind?: ShapeKind;
  readonly meanPerMinute?: number;
  readonly limitPerMinute?: number | null;
  readonly service?: string;
  readonly sources?: SourcePlan["kind"];
}

/** Draws key number `index` of a fleet that lives from `from` to `to` (epoch minutes); one in ten is created on the way. */
export function drawProfile(
  seed: number,
  index: number,
  operators: readonly Operator[],
  span: { readonly from: number; readonly to: number },
  wish: ProfileRequest = {},
): KeyProfile {
  const random = new Random(seed, `key/${index}`);
  const keyId = `key_${index.toString().padStart(4, "0")}${random.whole(0x10000000, 0xffffffff).toString(16)}`;
  const shape = wish.shape ?? drawShape(wish.kind ?? random.weighted(SHAPES), random);
  const kind = wish.sources ?? drawSourceKind(shape.kind, random);
  const sources = drawSources(kind, operators, random);
  const routes = drawRoutes(random, wish.service);
  const { meanPerMinute, limitPerMinute } = drawRate(shape, wish, random);
  const late = random.chance(LATE_KEY_SHARE) && wish.kind === undefined && wish.shape === undefined;
  return {
    keyId,
    routes,
    shape,
    meanPerMinute,
    limitPerMinute,
    evenness: random.between(2.5, 40),
    wander: isExact(shape)
      ? [0, 0, 0]
      : [random.between(0.05, 0.3), random.between(0.05, 0.22), random.between(0.03, 0.14)],
    weeklyGrowth: isExact(shape) ? 0 : random.between(0, 0.05),
    errorShare: random.logNormal(0.008, 0.8),
    sources,
    confined: (kind === "hosts" || kind === "autoscaled") && random.chance(CONFINED_SHARE),
    activeFrom: late ? Math.round(span.from + random.between(0.15, 0.8) * (span.to - span.from)) : span.from,
  };
}

/** The mean and the limit, which leaves room over the usual peak; where no tier would, the mean is as large as the largest allows. */
function drawRate(
  shape: DayShape,
  wish: ProfileRequest,
  random: Random,
): Pick<KeyProfile, "meanPerMinute" | "limitPerMinute"> {
  const drawn = Math.min(RATES.most, Math.max(RATES.least, random.logNormal(RATES.median, RATES.sigma)));
  const headroom = random.between(...HEADROOM);
  const isUnknown = random.chance(UNKNOWN_LIMIT_SHARE);
  const share = random.between(0.6, 0.99);
  const tier = random.pick(SATURATED_TIERS);
  if (shape.kind === "plateau") {
    const limitPerMinute = wish.limitPerMinute === undefined ? tier : wish.limitPerMinute;
    const saturated = (Math.round(share * (limitPerMinute ?? tier)) * shape.minutes) / 1440;
    return { meanPerMinute: wish.meanPerMinute ?? saturated, limitPerMinute };
  }
  const peak = peakOf(shape);
  const awake = shape.kind === "dormant" ? drawn * DORMANT_SHARE : drawn;
  const meanPerMinute = wish.meanPerMinute ?? Math.min(awake, LARGEST_LIMIT / HEADROOM[0] / peak);
  const roomy = LIMIT_TIERS.find((limit) => limit >= meanPerMinute * peak * headroom) ?? LARGEST_LIMIT;
  return {
    meanPerMinute,
    limitPerMinute: wish.limitPerMinute === undefined ? (isUnknown ? null : roomy) : wish.limitPerMinute,
  };
}
