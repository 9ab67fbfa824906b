import type { Disturbance } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { Random } from "./random.js";

/** One entry of the keys file (docs/backtest.md), as far as the simulation fills it. */
export interface KeyRow {
  readonly key_id: string;
  readonly display: string;
  readonly owner: string;
  readonly service: string;
  readonly provider: string;
  readonly environment: string;
  readonly holders: readonly string[];
  readonly limit_per_minute?: number;
  readonly allowed_cidrs?: readonly string[];
  readonly scopes: readonly string[];
  /** US dollars per request by route. */
  readonly prices?: Readonly<Record<string, number>>;
  readonly monthly_budget_usd?: number;
  readonly created_at: string;
  readonly rotate_by: string;
}

const OWNERS = [
  "checkout",
  "growth",
  "data-platform",
  "mobile",
  "partners",
  "search",
  "support",
  "finance",
  "logistics",
  "identity",
] as const;
const PEOPLE = [
  "ada",
  "bruno",
  "chidi",
  "dana",
  "emeka",
  "farah",
  "goran",
  "hana",
  "ines",
  "jonas",
  "kofi",
  "lena",
] as const;
const DAY_MS = 86_400_000;
/** Share of new keys that are created weeks before anybody uses them. */
const CREATED_AHEAD = 0.3;

/** The team that a key belongs to. */
export function ownerOf(seed: number, keyId: string): string {
  return new Random(seed, `${keyId}/owner`).pick(OWNERS);
}

function daysAhead(seed: number, { keyId }: KeyProfile, isNew: boolean): number {
  const random = new Random(seed, `${keyId}/created`);
  return isNew && random.chance(CREATED_AHEAD) ? random.whole(3, 60) : 0;
}

/** What the registry knows about a simulated key; keys that the fleet starts with are older than its first day. */
export function registryRow(
  seed: number,
  profile: KeyProfile,
  disturbances: readonly Disturbance[],
  fleetFrom: number,
): KeyRow {
  const random = new Random(seed, `${profile.keyId}/registry`);
  const { service } = profile.routes;
  const owner = ownerOf(seed, profile.keyId);
  // Whoever moves a confined key has the new networks allowed beforehand.
  const homes = disturbances.flatMap((one) => (one.kind === "migration" ? one.networks : []));
  const allowed = new Set([...profile.sources.networks, ...homes].map(({ cidr }) => cidr));
  const youngerThanFleet = profile.activeFrom > fleetFrom;
  const createdAt =
    profile.activeFrom * 60_000 -
    (youngerThanFleet ? 0 : random.whole(40, 700) * DAY_MS) -
    daysAhead(seed, profile, youngerThanFleet) * DAY_MS;
  const prices = service.routes
    .filter(({ priceUsd }) => priceUsd > 0)
    .map(({ path, priceUsd }) => [path, priceUsd] as const);
  const meanPrice = profile.routes.usual.reduce((sum, { priceUsd }) => sum + priceUsd, 0) / profile.routes.usual.length;
  const monthUsd = profile.meanPerMinute * meanPrice * 43_200;
  return {
    key_id: profile.keyId,
    display: `plk_…${profile.keyId.slice(-4)}`,
    owner,
    service: `${owner}-${random.pick(["api", "worker", "web", "jobs", "gateway"])}`,
    provider: service.name,
    environment: random.chance(0.9) ? "production" : "staging",
    holders: random.sample(PEOPLE, random.whole(1, 3)),
    ...(profile.limitPerMinute === null ? {} : { limit_per_minute: profile.limitPerMinute }),
    ...(profile.confined ? { allowed_cidrs: [...allowed] } : {}),
    scopes: [...new Set(service.routes.map(({ scope }) => scope))],
    ...(prices.length === 0 ? {} : { prices: Object.fromEntries(prices) }),
    ...(monthUsd === 0 ? {} : { monthly_budget_usd: Math.ceil(monthUsd * random.between(1.3, 2.5)) }),
    created_at: new Date(createdAt).toISOString(),
    rotate_by: new Date(fleetFrom * 60_000 + random.whole(60, 300) * DAY_MS).toISOString(),
  };
}
