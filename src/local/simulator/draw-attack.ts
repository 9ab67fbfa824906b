import type { Attack, AttackKind, AttackOrigin, AttackWish } from "./attacks.js";
import type { KeyProfile } from "./key-profile.js";
import { v4Of } from "./key-sources.js";
import type { Network, Operator } from "./networks.js";
import { Random } from "./random.js";
import { costliestRoute, mixOf, type RouteMix } from "./route-mix.js";
import { userAgents } from "./services.js";
import type { SourcePlan } from "./source-pool.js";

/** Hours that an attack of a kind lasts, from and to. */
const HOURS: Readonly<Record<AttackKind, readonly [number, number]>> = {
  A: [1, 24],
  B: [6, 72],
  C: [72, 168],
  D: [72, 144],
  E: [6, 72],
  F: [6, 48],
  G: [6, 48],
  H: [6, 48],
  I: [0.5, 6],
  J: [24, 96],
};
/** Shares of detection.md section 9 where the kind does not say; F and G do. */
const ORIGINS = { hosting: 63, residential: 6, own_cloud: 19, own_host: 12 } as const;
const PATTERNS: Readonly<Partial<Record<AttackKind, Attack["pattern"]>>> = {
  C: "ramp",
  D: "nights",
  H: "bursts",
};
const VPN_SHARE = 0.15;
const SCRIPT_SHARE = 0.85;
/** Keys are watched for so long, or for this share of the span if that is shorter, before anybody steals one. */
const HISTORY_MINUTES = 14 * 1440;
const HISTORY_SHARE = 0.65;

/**
 * Draws attack number `index`, on a key that none of the earlier ones uses as long as there are such.
 * @throws RangeError when the wish names a key, prefix or route that the fleet does not have.
 */
export function drawAttack(
  seed: number,
  index: number,
  wish: AttackWish,
  fleet: {
    readonly profiles: readonly KeyProfile[];
    readonly operators: readonly Operator[];
    readonly span: { readonly from: number; readonly to: number };
    readonly taken: ReadonlySet<string>;
  },
): Attack {
  const random = new Random(seed, `attack/${index}/${wish.kind}`);
  const { span } = fleet;
  const opening = span.from + Math.min(HISTORY_MINUTES, Math.round((span.to - span.from) * HISTORY_SHARE));
  const old = fleet.profiles.filter(({ activeFrom }) => activeFrom <= opening);
  const free = old.filter((profile) => !fleet.taken.has(profile.keyId) && (wish.kind !== "F" || isRented(profile)));
  const anyKey = random.pick(free.length > 0 ? free : fleet.profiles);
  const named = () =>
    known(
      fleet.profiles.find(({ keyId }) => keyId === wish.keyId),
      `key ${wish.keyId}`,
    );
  const profile = wish.keyId === undefined ? anyKey : named();
  const duration = Math.min(Math.round(random.between(...HOURS[wish.kind]) * 60), span.to - opening);
  const drawnFrom = random.whole(opening, span.to - duration);
  const from = wish.from === undefined ? drawnFrom : Math.floor(wish.from / 60_000);
  const to = wish.to === undefined ? Math.min(span.to, from + duration) : Math.floor(wish.to / 60_000);
  const drawnOrigin = wish.origin ?? drawOrigin(wish.kind, random);
  // Who is everywhere, or on a line of his own, has neither a host nor a cloud that a thief could rent next door.
  const origin = drawnOrigin.startsWith("own") && !isRented(profile) ? "hosting" : drawnOrigin;
  const drawn = drawThief(origin, wish, profile, fleet.operators, random);
  const sources =
    drawn === null ? null : { ...drawn, networks: wishedNetworks(wish, fleet.operators) ?? drawn.networks };
  const wished = wish.shareOfMean === undefined ? undefined : wish.shareOfMean * profile.meanPerMinute;
  const size = drawSize(wish.kind, profile, random);
  return {
    kind: wish.kind,
    keyId: profile.keyId,
    from: Math.max(span.from, from),
    to: Math.min(span.to, to),
    requestsPerMinute: wish.requestsPerMinute ?? wished ?? size.requestsPerMinute,
    totalAtMost: wish.totalAtMost === undefined ? size.totalAtMost : wish.totalAtMost,
    echo: wish.kind === "J" ? 0.2 : 0,
    pattern: PATTERNS[wish.kind] ?? "steady",
    origin,
    sources,
    networks: (sources ?? profile.sources).networks.map(({ cidr, asn, name, type }) => ({
      cidr,
      asn,
      name,
      type,
    })),
    routes: wishedRoutes(wish, profile) ?? stolenRoutes(wish.kind, profile),
  };
}

/** Whether the holders call from servers in a cloud or at a hoster. */
function isRented({ sources }: KeyProfile): boolean {
  return sources.networks.every(({ type }) => type === "cloud" || type === "hosting");
}

function drawOrigin(kind: AttackKind, random: Random): AttackOrigin {
  if (kind === "F") return "own_cloud";
  return kind === "G" ? "residential" : random.weighted(ORIGINS);
}

/** How much the thief asks for, and the total beneath which he stays. */
function drawSize(
  kind: AttackKind,
  profile: KeyProfile,
  random: Random,
): Pick<Attack, "requestsPerMinute" | "totalAtMost"> {
  const limit = profile.limitPerMinute ?? Math.max(60, profile.meanPerMinute * 4);
  const onTop = Math.max(0.1, profile.meanPerMinute * random.between(0.05, 0.5));
  if (kind === "A") return { requestsPerMinute: limit, totalAtMost: Math.floor(limit * random.between(0.7, 0.99)) };
  if (kind === "I") return { requestsPerMinute: Math.round(limit * random.between(1, 2.5)), totalAtMost: null };
  if (kind === "J") return { requestsPerMinute: 0, totalAtMost: null };
  if (kind === "B" || kind === "E") return { requestsPerMinute: onTop, totalAtMost: limit - 1 };
  return { requestsPerMinute: Math.min(limit / 2, random.logNormal(6, 1)), totalAtMost: limit - 1 };
}

/** The thief's own callers: one foreign network as a rule, hundreds of homes, or a corner of the cloud that the owner uses. */
function drawThief(
  origin: AttackOrigin,
  wish: AttackWish,
  profile: KeyProfile,
  operators: readonly Operator[],
  random: Random,
): SourcePlan | null {
  const own = new Set(profile.sources.networks.map(({ asn }) => asn));
  const of = (type: Operator["type"]) =>
    operators.filter((operator) => operator.type === type && !own.has(operator.asn));
  const foreign = random.pick(of(random.chance(VPN_SHARE) && wish.origin === undefined ? "vpn" : "hosting"));
  const owners = operators.find(({ asn }) => own.has(asn));
  const isps = random.sample(of("isp"), random.whole(8, 24));
  const manners = random.chance(SCRIPT_SHARE) ? userAgents.script : userAgents.server;
  const agents = [wish.userAgent ?? random.pick(manners)];
  if (origin === "own_host") return null;
  if (origin === "residential") {
    const networks = isps.flatMap((isp) => random.sample(isp.networks, 2));
    return plan("proxies", networks, wish.addresses ?? random.whole(150, 800), agents);
  }
  const networks = random.sample(v4Of(origin === "own_cloud" ? (owners ?? foreign) : foreign), 1);
  return plan("hosts", networks, wish.addresses ?? random.whole(1, 4), agents);
}

function plan(
  kind: SourcePlan["kind"],
  networks: readonly Network[],
  size: number,
  agents: readonly string[],
): SourcePlan {
  return { kind, networks, size, lifetimeMinutes: Infinity, userAgents: agents };
}

/** E goes for the costliest route only; the others mostly do what the holders do, and try the costliest as well. */
function stolenRoutes(kind: AttackKind, profile: KeyProfile): RouteMix {
  const { routes } = profile;
  const costly = costliestRoute(routes);
  if (kind === "E") return mixOf(routes.service, [costly], [1]);
  if (kind === "J") return routes;
  const usual = routes.usual.filter((route) => route !== costly);
  return mixOf(routes.service, [...usual, costly], [...usual.map((_, index) => 1 / (index + 1)), 0.5]);
}

function wishedNetworks({ cidrs }: AttackWish, operators: readonly Operator[]): Network[] | undefined {
  const all = operators.flatMap(({ networks }) => networks);
  return cidrs?.map((cidr) =>
    known(
      all.find((network) => network.cidr === cidr),
      `network ${cidr}`,
    ),
  );
}

function wishedRoutes({ routes }: AttackWish, profile: KeyProfile): RouteMix | undefined {
  const { service } = profile.routes;
  const wished = routes?.map((path) =>
    known(
      service.routes.find((route) => route.path === path),
      `route ${path}`,
    ),
  );
  return (
    wished &&
    mixOf(
      service,
      wished,
      wished.map((_, index) => 1 / (index + 1)),
    )
  );
}

function known<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`the fleet has no ${what}`);
  return found;
}
