import { attackHours, drawSize, SPREAD_KEYS } from "./attack-size.js";
import type { Attack, AttackKind, AttackOrigin, AttackRequest } from "./attacks.js";
import { drawOrigin, drawAttacker, drawsCopy, isRented, stolenRoutes } from "./draw-attacker.js";
import type { KeyProfile } from "./key-profile.js";
import type { Network, Operator } from "./networks.js";
import { Random } from "./random.js";
import { isPriced, mixOf, unpricedMix, type RouteMix } from "./route-mix.js";

/** Keys are watched for so long, or for this share of the span if that is shorter, before anybody steals one. */
const HISTORY_MINUTES = 14 * 1440;
const HISTORY_SHARE = 0.65;
/** Minutes of a key's life in which it is stolen on its first days. */
const FIRST_DAYS = [30, 46 * 60] as const;
/** Share of drawn rates that a clock keeps. */
const EXACT_SHARE = 0.5;

/** What an attack is drawn into. */
export interface AttackGround {
  readonly profiles: readonly KeyProfile[];
  readonly operators: readonly Operator[];
  readonly span: { readonly from: number; readonly to: number };
  /** Keys that other attackers use. */
  readonly taken: ReadonlySet<string>;
}

/**
 * Draws attack number `index`, on a key that none of the earlier ones uses as long as there are such.
 * @throws RangeError when the wish names a key, prefix or route that the fleet does not have.
 */
export function drawAttack(seed: number, index: number, wish: AttackRequest, ground: AttackGround): Attack {
  const random = new Random(seed, `attack/${index}/${wish.kind}`);
  const { span, operators } = ground;
  const opening = openingOf(span);
  const drawnOrigin = wish.origin ?? drawOrigin(wish.kind, random);
  const free = openProfiles(wish.kind, ground).filter((profile) => !drawnOrigin.startsWith("own") || isRented(profile));
  const fitting = fittingProfiles(wish.kind, free);
  const anyKey = random.pick(fitting.length > 0 ? fitting : ground.profiles);
  const profile = wish.keyId === undefined ? anyKey : namedProfile(ground, wish.keyId);
  const duration = Math.min(Math.round(random.between(...attackHours[wish.kind]) * 60), span.to - opening);
  const drawnFrom =
    wish.kind === "O" ? profile.activeFrom + random.whole(...FIRST_DAYS) : random.whole(opening, span.to - duration);
  const from = wish.from === undefined ? drawnFrom : Math.floor(wish.from / 60_000);
  const to = wish.to === undefined ? Math.min(span.to, from + duration) : Math.floor(wish.to / 60_000);
  // Who is everywhere, or on a line of his own, has neither a host nor a cloud that an attacker could rent next door.
  const origin: AttackOrigin = drawnOrigin.startsWith("own") && !isRented(profile) ? "hosting" : drawnOrigin;
  const drawn = drawAttacker(origin, wish, profile, operators, random);
  // By a stream of its own: who is asked for by name calls itself what is asked for.
  const copiesClient = wish.userAgent === undefined && drawsCopy(new Random(seed, `attack/${index}/copies`));
  const userAgents = copiesClient ? profile.sources.userAgents : drawn.userAgents;
  const sources = { ...drawn, networks: wishedNetworks(wish, operators) ?? drawn.networks, userAgents };
  const size = drawSize(wish.kind, profile, random);
  const ofMean = wish.shareOfMean === undefined ? undefined : wish.shareOfMean * profile.meanPerMinute;
  const told = wish.requestsPerMinute ?? ofMean;
  const wished = told === undefined || wish.kind !== "L" ? told : told / SPREAD_KEYS;
  const isExact = random.chance(EXACT_SHARE);
  return {
    id: `attack-${index}`,
    kind: wish.kind,
    keyId: profile.keyId,
    from: Math.max(span.from, from),
    to: Math.min(span.to, to),
    ...size,
    requestsPerMinute: wished ?? size.requestsPerMinute,
    isExact: isExact || wish.requestsPerMinute !== undefined,
    totalAtMost: wish.totalAtMost === undefined ? size.totalAtMost : wish.totalAtMost,
    origin,
    sources,
    networks: sources.networks.map(({ cidr, asn, name, type }) => ({ cidr, asn, name, type })),
    routes: wishedRoutes(wish, profile) ?? stolenRoutes(wish.kind, profile, random),
    copiesClient,
  };
}

/** First epoch minute at which a key of the span may be stolen. */
function openingOf({ from, to }: AttackGround["span"]): number {
  return from + Math.min(HISTORY_MINUTES, Math.round((to - from) * HISTORY_SHARE));
}

/** Keys with a history that nobody has stolen. */
export function freeProfiles({ profiles, span, taken }: AttackGround): readonly KeyProfile[] {
  return profiles.filter(({ activeFrom, keyId }) => activeFrom <= openingOf(span) && !taken.has(keyId));
}

/** Keys that an attacker of the kind may steal: with a history, or, of those who steal on the first days, begun since. */
function openProfiles(kind: AttackKind, ground: AttackGround): readonly KeyProfile[] {
  if (kind !== "O") return freeProfiles(ground);
  const { profiles, span, taken } = ground;
  return profiles.filter(
    ({ activeFrom, keyId }) =>
      activeFrom > openingOf(span) && activeFrom + FIRST_DAYS[1] < span.to && !taken.has(keyId),
  );
}

/** Keys that have what an attacker of the kind is after; all of them where none has. */
function fittingProfiles(kind: AttackKind, free: readonly KeyProfile[]): readonly KeyProfile[] {
  const has = (isWanted: (routes: RouteMix) => boolean) => {
    const fitting = free.filter(({ routes }) => isWanted(routes));
    return fitting.length > 0 ? fitting : free;
  };
  if (kind === "E") return has(({ service }) => service.routes.some(({ priceUsd }) => priceUsd > 0));
  if (kind === "N") return has((routes) => isPriced(routes) && unpricedMix(routes) !== null);
  if (kind === "P") {
    const sleepers = free.filter(({ shape, limitPerMinute }) => shape.kind === "dormant" && limitPerMinute !== null);
    return sleepers.length > 0 ? sleepers : free;
  }
  return free;
}

function namedProfile({ profiles }: AttackGround, keyId: string): KeyProfile {
  return known(
    profiles.find((profile) => profile.keyId === keyId),
    `key ${keyId}`,
  );
}

function wishedNetworks({ cidrs }: AttackRequest, operators: readonly Operator[]): Network[] | undefined {
  const all = operators.flatMap(({ networks }) => networks);
  return cidrs?.map((cidr) =>
    known(
      all.find((network) => network.cidr === cidr),
      `network ${cidr}`,
    ),
  );
}

function wishedRoutes({ routes }: AttackRequest, profile: KeyProfile): RouteMix | undefined {
  const { service } = profile.routes;
  const wished = routes?.map((path) =>
    known(
      service.routes.find((route) => route.path === path),
      `route ${path}`,
    ),
  );
  const weights = wished?.map((_, index) => 1 / (index + 1)) ?? [];
  return wished && mixOf(service, wished, weights);
}

function known<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`the fleet has no ${what}`);
  return found;
}
