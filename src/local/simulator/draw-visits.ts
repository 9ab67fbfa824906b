import { FOREVER, type Span, type Visit } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { serverNetworks } from "./key-sources.js";
import type { Network, NetworkType, Operator } from "./networks.js";
import type { Random } from "./random.js";
import type { SourcePlan } from "./source-pool.js";
import { drawAgents, type userAgents } from "./user-agents.js";

const WEEK = 10_080;
/** Share of keys that developers try by hand, and how often a week. */
const DEVELOPED = 0.22;
const SESSIONS_PER_WEEK = [0.3, 3] as const;
/** Share of their sessions that come through a VPN or a rented machine. */
const TUNNELLED = 0.1;
/** Some monitors call from several places. */
const MONITOR_PLACES = [1, 2, 3] as const;

/** A further program of the owner's at an operator that the key was never used from; undefined where only known networks are allowed. */
export function drawNewConsumer(
  from: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): Visit | undefined {
  if (profile.confined) return undefined;
  const operator = random.pick(
    foreignOperators(profile, operators, random.chance(0.7) ? ["cloud"] : ["hosting", "business"]),
  );
  const networks = serverNetworks(operator, 1, false, random);
  const sources = plan("hosts", networks, random.whole(1, 4), "server", random);
  const requestsPerMinute = profile.meanPerMinute * random.between(0.1, 1);
  return { kind: "new_consumer", from, to: FOREVER, requestsPerMinute, isExact: false, sources };
}

/** An uptime monitor that calls every few minutes from then on. */
export function drawMonitor(
  from: number,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): Visit | undefined {
  if (profile.confined) return undefined;
  const operator = random.pick(foreignOperators(profile, operators, ["hosting", "cloud"]));
  const networks = serverNetworks(operator, 2, false, random);
  const places = random.pick(MONITOR_PLACES);
  const sources = plan("hosts", networks, places, "monitor", random);
  const requestsPerMinute = places / random.pick([1, 2, 5]);
  return { kind: "monitor", from, to: FOREVER, requestsPerMinute, isExact: true, sources };
}

/** All sessions in which a developer tries the key at a laptop: at home mostly, each with an address of its own. */
export function drawDevelopers(
  profile: KeyProfile,
  operators: readonly Operator[],
  span: Span,
  random: Random,
): Visit[] {
  if (!random.chance(DEVELOPED) || profile.confined) return [];
  const home = random.pick(operators.filter(({ type }) => type === "isp"));
  const userAgent = drawAgents("laptop", 2, random);
  const times = random.poisson((random.between(...SESSIONS_PER_WEEK) * (span.to - span.from)) / WEEK);
  return Array.from({ length: times }, (): Visit => {
    const from = random.whole(span.from, span.to - 1);
    const to = from + random.whole(8, 120);
    const requests = random.logNormal(18, 0.9);
    const types: NetworkType[] = random.chance(0.5) ? ["vpn"] : ["hosting"];
    const elsewhere = () => random.pick(random.pick(foreignOperators(profile, operators, types)).networks);
    const network = random.chance(TUNNELLED) ? elsewhere() : random.pick(home.networks);
    const sources: SourcePlan = {
      kind: "clients",
      networks: [network],
      size: 1,
      lifetimeMinutes: Infinity,
      userAgents: [random.pick(userAgent)],
    };
    return { kind: "developer", from, to, requestsPerMinute: requests / (to - from), isExact: false, sources };
  });
}

/** Operators of some types that the key's holders do not use. */
export function foreignOperators(
  { sources }: KeyProfile,
  operators: readonly Operator[],
  types: readonly NetworkType[],
): readonly Operator[] {
  const own = new Set(sources.networks.map(({ asn }) => asn));
  return operators.filter(({ type, asn }) => types.includes(type) && !own.has(asn));
}

function plan(
  kind: SourcePlan["kind"],
  networks: readonly Network[],
  size: number,
  family: keyof typeof userAgents,
  random: Random,
): SourcePlan {
  return { kind, networks, size, lifetimeMinutes: Infinity, userAgents: drawAgents(family, 1, random) };
}
