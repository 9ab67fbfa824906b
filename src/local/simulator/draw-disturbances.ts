import { FOREVER, type Disturbance, type Span } from "./disturbances.js";
import { drawHolidays } from "./draw-holidays.js";
import { drawTrials } from "./draw-trials.js";
import { drawDevelopers, drawMonitor, drawNewConsumer } from "./draw-visits.js";
import type { KeyProfile } from "./key-profile.js";
import type { Network, Operator } from "./networks.js";
import { Random } from "./random.js";
import { serverNetworks } from "./key-sources.js";

/** How often what happens, per key and 35 days (docs/detection.md, 10). Deploys differ from key to key. */
const PER_35_DAYS = {
  migration: 0.05,
  retry_storm: 0.8,
  outage: 0.35,
  step_up: 0.1,
  step_down: 0.06,
  batch: 0.05,
  campaign: 0.22,
  new_consumer: 0.004,
  monitor: 0.03,
} as const;
const DEPLOYS = [1, 2.5] as const;
/** Share of deploys that bring a newer client along, of migrations with a canary phase, and of those within a cloud. */
const UPGRADES = 0.3;
const CANARIES = 0.8;
const OTHER_REGIONS = 0.5;

type DrawnKind = keyof typeof PER_35_DAYS | "deploy";

/** Draws everything legitimate that happens to a key in a span of epoch minutes, in order. */
export function drawDisturbances(
  seed: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  span: Span,
): readonly Disturbance[] {
  const random = new Random(seed, `${profile.keyId}/disturbances`);
  const share = (span.to - span.from) / 1440 / 35;
  const rates = { deploy: random.between(...DEPLOYS), ...PER_35_DAYS };
  const drawn: Disturbance[] = [];
  for (const [kind, times] of Object.entries(rates) as [DrawnKind, number][]) {
    for (let left = random.poisson(times * share); left > 0; left--) {
      const from = random.whole(span.from, span.to - 1);
      const disturbance = drawDisturbance(kind, from, profile, operators, random);
      if (disturbance !== undefined) drawn.push(disturbance);
    }
  }
  const others = [...drawDevelopers(profile, operators, span, random), ...drawHolidays(seed, profile, span, random)];
  return [...drawn, ...others, ...drawTrials(seed, profile, operators, span)]
    .filter(({ from }) => from >= profile.activeFrom)
    .sort((a, b) => a.from - b.from);
}

/** One disturbance of a kind that begins at `from` (epoch minute), or undefined where the kind does not fit the key. */
function drawDisturbance(
  kind: DrawnKind,
  from: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): Disturbance | undefined {
  const people = profile.sources.kind === "clients";
  const to = (min: number, max: number) => from + random.whole(min, max);
  switch (kind) {
    case "deploy":
      return people ? undefined : { kind, from, to: to(3, 25), isUpgrade: random.chance(UPGRADES) };
    case "migration": {
      if (people) return undefined;
      const canary = random.chance(CANARIES) ? random.whole(60, 48 * 60) : 0;
      return {
        kind,
        from,
        to: to(15, 240),
        canaryFrom: Math.max(profile.activeFrom, from - canary),
        canaryShare: random.between(0.02, 0.2),
        networks: newHome(profile, operators, random),
      };
    }
    case "campaign":
      return isWeb(profile) ? { kind, from, to: to(120, 360), load: random.between(2, 4) } : undefined;
    case "retry_storm":
      return { kind, from, to: to(5, 40), load: random.between(2, 6) };
    case "outage": {
      const back = to(10, 120);
      const load = random.between(1.6, 3);
      return { kind, from, to: back, caughtUpAt: back + Math.round((back - from) / (load - 1)), load };
    }
    case "step_up":
      return { kind, from, to: FOREVER, load: random.between(1.15, 1.6), onNewRoute: random.chance(0.4) };
    case "step_down":
      return { kind, from, to: FOREVER, load: random.between(0.5, 0.85) };
    case "batch":
      return { kind, from, to: to(30, 300), requestsPerMinute: profile.meanPerMinute * random.between(2, 8) };
    case "new_consumer":
      return drawNewConsumer(from, profile, operators, random);
    case "monitor":
      return drawMonitor(from, profile, operators, random);
  }
}

/** Whether people decide how busy the key is. */
function isWeb({ shape }: KeyProfile): boolean {
  return shape.kind === "evening" || shape.kind === "business" || shape.kind === "mixed";
}

/** Another region of the same operator, or another cloud. */
function newHome({ sources }: KeyProfile, operators: readonly Operator[], random: Random): readonly Network[] {
  const own = new Set(sources.networks.map(({ cidr }) => cidr));
  const asns = new Set(sources.networks.map(({ asn }) => asn));
  const home = operators.find(({ asn }) => asns.has(asn));
  const regions = home?.networks.filter(({ cidr, version }) => version === 4 && !own.has(cidr)) ?? [];
  if (home !== undefined && regions.length > 0 && random.chance(OTHER_REGIONS)) return random.sample(regions, 1);
  const cloud = random.pick(operators.filter(({ type, asn }) => type === "cloud" && !asns.has(asn)));
  return serverNetworks(
    cloud,
    1,
    sources.networks.some(({ version }) => version === 6),
    random,
  );
}
