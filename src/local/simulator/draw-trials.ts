import { FOREVER, type Disturbance, type Span, type Visit } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { foreignOperators } from "./draw-visits.js";
import type { Operator } from "./networks.js";
import { Random } from "./random.js";
import { mixOf, type RouteMix } from "./route-mix.js";
import { services } from "./services.js";
import type { SourcePlan } from "./source-pool.js";
import { drawAgents, type userAgents } from "./user-agents.js";

/** How often, per key and 35 days, its holders ask for what it may not do, or call with another program. */
const PER_35_DAYS = {
  unready_release: 0.15,
  access_test: 0.005,
  script: 0.1,
  added_client: 0.05,
  deploy: 0.05,
} as const;
/** Share of keys that an access test is run with every night. */
const NIGHTLY_TESTED = 0.005;
/** Share of single tests that somebody from elsewhere is asked for. */
const BY_CONTRACTORS = 0.3;
const DAY = 1440;

/**
 * Draws what a key's holders try with it: a release that asks for routes which the key may not use yet, a test of what it may not do, a script of
 * somebody's on their hosts, a further program there, and a program that is replaced by another one.
 */
export function drawTrials(
  seed: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  span: Span,
): readonly Disturbance[] {
  // By a stream of its own, so that it changes nothing else of the key.
  const random = new Random(seed, `${profile.keyId}/trials`);
  const share = (span.to - span.from) / DAY / 35;
  const drawn: Disturbance[] = [];
  const isOwnProgram = profile.sources.kind !== "clients";
  for (const [kind, times] of Object.entries(PER_35_DAYS) as [keyof typeof PER_35_DAYS, number][]) {
    for (let left = random.poisson(times * share); left > 0; left--) {
      const trial = drawTrial(kind, random.whole(span.from, span.to - 1), profile, operators, random);
      // Nobody replaces the programs of people.
      if (kind !== "deploy" || isOwnProgram) drawn.push(trial);
    }
  }
  return random.chance(NIGHTLY_TESTED) ? [...drawn, ...nightlyTests(profile, span, random)] : drawn;
}

function drawTrial(
  kind: keyof typeof PER_35_DAYS,
  from: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): Disturbance {
  const { meanPerMinute } = profile;
  switch (kind) {
    case "unready_release": {
      const requestsPerMinute = meanPerMinute * random.between(0.02, 0.3);
      const routes = foreignRoutes(profile, random.whole(1, 4), random);
      return forbidden(profile, { kind, from, to: from + random.whole(5, 120), requestsPerMinute, routes });
    }
    case "access_test": {
      const test = accessTest(from, foreignRoutes(profile, random.whole(5, 40), random), profile, random);
      return random.chance(BY_CONTRACTORS) ? { ...test, sources: elsewhere(profile, operators, random) } : test;
    }
    case "script": {
      const requestsPerMinute = meanPerMinute * random.between(0.1, 2);
      return onOwnHosts(profile, "laptop", { kind, from, to: from + random.whole(5, 120), requestsPerMinute }, random);
    }
    case "added_client": {
      const requestsPerMinute = meanPerMinute * random.between(0.01, 0.2);
      return onOwnHosts(profile, "server", { kind, from, to: FOREVER, requestsPerMinute }, random);
    }
    case "deploy":
      return {
        kind,
        from,
        to: from + random.whole(3, 25),
        isUpgrade: false,
        changesTo: drawAgents("server", 1, random)[0]!,
      };
  }
}

function accessTest(from: number, routes: RouteMix, profile: KeyProfile, random: Random): Visit {
  const minutes = random.whole(2, 20);
  const requestsPerMinute = (routes.usual.length * random.between(1, 4)) / minutes;
  return forbidden(profile, { kind: "access_test", from, to: from + minutes, requestsPerMinute, routes });
}

/** A machine of somebody who does not belong to the key's holders. */
function elsewhere(profile: KeyProfile, operators: readonly Operator[], random: Random): SourcePlan {
  const { networks } = random.pick(foreignOperators(profile, operators, ["isp", "hosting", "cloud"]));
  const userAgents = drawAgents("laptop", 1, random);
  return { kind: "hosts", networks: random.sample(networks, 1), size: 1, lifetimeMinutes: Infinity, userAgents };
}

/** The same test night after night. */
function nightlyTests(profile: KeyProfile, span: Span, random: Random): Visit[] {
  const routes = foreignRoutes(profile, random.whole(5, 40), random);
  const first = span.from + random.whole(0, DAY - 1);
  const nights = Math.floor((span.to - first) / DAY);
  return Array.from({ length: nights }, (_, night) => accessTest(first + night * DAY, routes, profile, random));
}

/** Routes of any service that the key's holders do not use. */
function foreignRoutes({ routes }: KeyProfile, count: number, random: Random): RouteMix {
  const foreign = services.flatMap((service) => service.routes).filter((route) => !routes.usual.includes(route));
  const asked = random.sample(foreign, count);
  return mixOf(
    routes.service,
    asked,
    asked.map(() => 1),
  );
}

type Trial = Omit<Visit, "isExact" | "sources">;

function forbidden(profile: KeyProfile, trial: Trial): Visit {
  return { ...trial, isExact: false, sources: { ...profile.sources, size: 1 }, isForbidden: true };
}

function onOwnHosts(profile: KeyProfile, family: keyof typeof userAgents, trial: Trial, random: Random): Visit {
  const sources = { ...profile.sources, size: 1, userAgents: drawAgents(family, 1, random) };
  return { ...trial, isExact: false, sources };
}
