import type { AttackKind, AttackOrigin, AttackRequest } from "./attacks.js";
import type { KeyProfile } from "./key-profile.js";
import { v4Of } from "./key-sources.js";
import type { Network, Operator } from "./networks.js";
import type { Random } from "./random.js";
import { costliestRoute, mixOf, unpricedMix, type RouteMix } from "./route-mix.js";
import type { SourcePlan } from "./source-pool.js";
import { services } from "./services.js";
import { drawAgents } from "./user-agents.js";

type Origins = Readonly<Record<AttackOrigin, number>>;

/** By kind, so that over the ten of docs/detection.md, 10 hosting has 51 %, homes 17, the owner's cloud 22, the owner's host 10. */
const ANYWHERE: Origins = { hosting: 57, residential: 6.5, own_cloud: 20, own_host: 16.5 };
const ABROAD: Origins = { hosting: 85, residential: 15, own_cloud: 0, own_host: 0 };
const ORIGINS: Readonly<Partial<Record<AttackKind, Origins>>> = {
  C: ABROAD,
  F: { hosting: 0, residential: 0, own_cloud: 1, own_host: 0 },
  G: { hosting: 0, residential: 1, own_cloud: 0, own_host: 0 },
  I: ABROAD,
  K: { hosting: 60, residential: 10, own_cloud: 30, own_host: 0 },
  L: { hosting: 1, residential: 0, own_cloud: 0, own_host: 0 },
  M: { hosting: 0, residential: 1, own_cloud: 0, own_host: 0 },
  N: ABROAD,
  O: ABROAD,
  P: ABROAD,
};
const VPN_SHARE = 0.15;
const SCRIPT_SHARE = 0.85;
/** Share of attackers at a hoster who call out by IPv6. */
const V6_SHARE = 0.1;
/** Share of attackers whose program calls itself what the holders' do: on their host all have seen it. */
const COPIES_CLIENT = 0.5;
/** Share of attackers who go for the costliest route as well as for what the holders use. */
const GREEDY_SHARE = 0.5;
/** How many routes somebody tries who explores. */
const ROUTES_TRIED = [12, 30] as const;
/** A rotating proxy's addresses at one time: more than a minute needs. */
const RING = 256;

export function drawOrigin(kind: AttackKind, random: Random): AttackOrigin {
  return random.weighted(ORIGINS[kind] ?? ANYWHERE);
}

/** What an attacker tries who does not know what a key may do: routes of every service. */
export function exploredRoutes(profile: KeyProfile, random: Random): RouteMix {
  const all = services.flatMap(({ routes }) => routes);
  const tried = random.sample(all, random.whole(...ROUTES_TRIED));
  return mixOf(
    profile.routes.service,
    tried,
    tried.map(() => 1),
  );
}

/** Whether an attacker's program calls itself what the holders' do. */
export function drawsCopy(random: Random): boolean {
  return random.chance(COPIES_CLIENT);
}

/** Whether the holders call from servers in a cloud or at a hoster, where an attacker can be their neighbour. */
export function isRented({ sources }: KeyProfile): boolean {
  return sources.networks.every(({ type }) => type === "cloud" || type === "hosting");
}

/** The attacker's own callers: one foreign network as a rule, hundreds of homes, or a corner of the cloud that the owner uses. */
export function drawAttacker(
  origin: AttackOrigin,
  wish: AttackRequest,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): SourcePlan {
  const own = new Set(profile.sources.networks.map(({ asn }) => asn));
  const of = (type: Operator["type"]) => operators.filter((one) => one.type === type && !own.has(one.asn));
  const foreign = random.pick(of(random.chance(VPN_SHARE) && wish.origin === undefined ? "vpn" : "hosting"));
  const owners = operators.find(({ asn }) => own.has(asn));
  const isScript = random.chance(SCRIPT_SHARE);
  const family = isScript ? "script" : origin === "residential" ? "client" : "server";
  const drawnAgents = drawAgents(family, 1, random);
  const userAgents = wish.userAgent === undefined ? drawnAgents : [wish.userAgent];
  const common = { lifetimeMinutes: Infinity, userAgents };
  if (origin === "own_host") return { kind: "hosts", networks: profile.sources.networks, size: 1, ...common };
  if (origin === "residential") {
    if (wish.kind === "M") {
      const networks = of("isp").flatMap((isp) => isp.networks);
      return { kind: "rotating", networks, size: RING, requestsPerAddress: random.whole(2, 8), ...common };
    }
    const isps = random.sample(of("isp"), random.whole(8, 24));
    const networks = isps.flatMap((isp) => random.sample(isp.networks, 2));
    return { kind: "proxies", networks, size: wish.addresses ?? random.whole(150, 800), ...common };
  }
  const neighbours = origin === "own_cloud" ? (owners ?? foreign) : foreign;
  const v6 = neighbours.networks.filter(({ version }) => version === 6);
  const isV6 = random.chance(V6_SHARE) && v6.length > 0 && wish.origin === undefined;
  const networks = random.sample<Network>(isV6 ? v6 : v4Of(neighbours), 1);
  return { kind: "hosts", networks, size: wish.addresses ?? random.whole(1, 4), ...common };
}

/** E goes for the costliest route only, N for those that cost nothing; the others do what the holders do, half of them with the costliest besides. */
export function stolenRoutes(kind: AttackKind, { routes }: KeyProfile, random: Random): RouteMix {
  const costly = costliestRoute(routes);
  const isGreedy = random.chance(GREEDY_SHARE);
  if (kind === "E") return mixOf(routes.service, [costly], [1]);
  if (kind === "N") return unpricedMix(routes) ?? routes;
  if (kind === "J" || !isGreedy) return routes;
  const usual = routes.usual.filter((route) => route !== costly);
  return mixOf(routes.service, [...usual, costly], [...usual.map((_, index) => 1 / (index + 1)), 0.5]);
}
