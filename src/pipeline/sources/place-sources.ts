import { parsePrefix, type Prefix } from "../../model/network/address.js";
import { isWithin } from "../../model/network/address-cover.js";
import { systemSeenAt } from "../../store/check/novel-traffic.js";
import type { InvestigationSource } from "../../store/view/investigation.js";
import type { NoveltyFacts } from "../../store/check/novelty-fact.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";

/** An unknown source may have come a day before the change that the finding blames, to try the key. */
export const BEFORE_ONSET_MS = DAY_MS;
/** Who was gone this long before the onset is not who the finding blames. */
const GONE_MS = HOUR_MS;
/** A key that meets fewer new homes a day has few enough to look at each. */
const FEW_HOMES = 5;

/** Epoch ms: before anything that is looked at. */
const LONG_AGO = 1;

/**
 * How an address stands to a key; "first use": the key was not used at all in the week before the onset; "never served": all that came from there and
 * from its system was refused.
 */
export type Standing =
  | "known"
  | "new address"
  | "new network"
  | "new system"
  | "never served"
  | "outside allowed"
  | "first use";

const HARMLESS: ReadonlySet<Standing> = new Set(["known", "new address"]);

/** A person's word that some networks are the key's own. */
export interface FamiliarWord {
  readonly networks: readonly Prefix[];
  readonly saidBy: string;
  /** Epoch ms. */
  readonly saidAt: number;
  /** Until when (epoch ms) it was said to be expected; null: it was called benign, for good. */
  readonly until: number | null;
}

/** An address with how it stood to the key at the onset. */
export interface PlacedSource extends InvestigationSource {
  readonly standing: Standing;
  readonly isUnknownSource: boolean;
  /** Whether what makes it unknown came with the onset; what lies outside the allowed networks is unknown however long it has been used. */
  readonly isNewcomer: boolean;
  /** The person's word that made its network familiar; null where there is none. */
  readonly vouched: FamiliarWord | null;
}

/** Addresses of homes that would be unknown sources, and how many there were on an ordinary day: they cannot be told apart. */
export interface Indistinct {
  readonly addresses: number;
  readonly usualADay: number;
}

/** Addresses of a key with how they stood to it. */
export interface Placed {
  readonly sources: readonly PlacedSource[];
  readonly indistinct: Indistinct | null;
}

/** What is on record about a key's addresses. */
export interface KnownOfKey {
  readonly facts: NoveltyFacts;
  /** Addresses, as ClickHouse prints them, of which neither was served nor, before the onset, any other of their system. */
  readonly neverServed: ReadonlySet<string>;
  /** Networks that the registry allows; none: every network. */
  readonly allowed: readonly Prefix[];
  /** What people called benign of the key, and what they said is expected of it now. */
  readonly words: readonly FamiliarWord[];
}

/** When a key came under suspicion, until when is looked (epoch ms), and whether there is nothing to compare with: it had been unused. */
interface Suspected {
  readonly onset: number;
  readonly to: number;
  readonly isFirstUse: boolean;
  /** False where nothing was found: then what a key is first used for is no suspicion. */
  readonly isFound: boolean;
}

/**
 * Says of each address of the span how it stood to the key: an unknown source came from a network that was new at the onset, or from outside the
 * allowed ones, and nobody called that benign or expects it. Where new homes come every day and half of those that came since would have come anyway, none of them is called one.
 */
export function placeSources(
  all: readonly InvestigationSource[],
  { facts, neverServed, allowed, words }: KnownOfKey,
  { onset, to, isFirstUse, isFound }: Suspected,
): Placed {
  const sightOf = openSights(facts, neverServed, allowed);
  const vouchedOf = openWords(words);
  const sources = all.filter(({ requests }) => requests > 0);
  const there = new Set(sources.filter(({ lastAt }) => lastAt >= onset - GONE_MS).map(networkOf));
  const judged = sources.map((source) => {
    const sight = sightOf(source);
    const isFirst = isFirstUse && sight.standing !== "outside allowed";
    const { standing, seenAt } = isFirst ? { standing: "first use" as const, seenAt: onset } : sight;
    // What lies outside the allowed networks stays so: that is the owner's own word.
    const vouched = standing === "outside allowed" || HARMLESS.has(standing) ? null : vouchedOf(source);
    const isThere = there.has(networkOf(source));
    const isNewcomer = isFirst ? isFound : isThere && seenAt >= onset - BEFORE_ONSET_MS;
    const isOutside = standing === "outside allowed" && isThere;
    const couldBe = !HARMLESS.has(standing) && (isNewcomer || isOutside) && vouched === null;
    return { source, standing, vouched, isNewcomer, couldBe };
  });
  // Where somebody came from a foreign system, what is new in the key's own is its usual change.
  const isForeign = (standing: Standing) => standing !== "new network";
  // Refusals prove nothing of the others.
  const anyForeign = judged.some(
    ({ couldBe, standing }) => couldBe && isForeign(standing) && standing !== "never served",
  );
  const isLike = (standing: Standing) => !HARMLESS.has(standing) && (!anyForeign || isForeign(standing));
  const isHome = ({ networkType }: InvestigationSource, standing: Standing) =>
    networkType === "isp" && standing !== "outside allowed" && standing !== "first use";
  const homes = judged.filter(
    ({ source, standing, couldBe }) => couldBe && isLike(standing) && isHome(source, standing),
  ).length;
  // The day before an unknown source may have come is an ordinary one.
  const usualADay = all.filter((source) => {
    const { standing, seenAt } = sightOf(source);
    const isUsual = seenAt >= onset - BEFORE_ONSET_MS - DAY_MS && seenAt < onset - BEFORE_ONSET_MS;
    return isUsual && isLike(standing) && isHome(source, standing);
  }).length;
  const days = Math.max(1, (to - onset + BEFORE_ONSET_MS) / DAY_MS);
  const isIndistinct = usualADay >= FEW_HOMES && usualADay * days * 2 >= homes;
  return {
    sources: judged.map(({ source, standing, vouched, isNewcomer, couldBe }) =>
      placeAs(source, {
        standing,
        vouched,
        isNewcomer,
        isUnknownSource: couldBe && isLike(standing) && !(isIndistinct && isHome(source, standing)),
      }),
    ),
    indistinct: isIndistinct && homes > 0 ? { addresses: homes, usualADay } : null,
  };
}

function placeAs(source: InvestigationSource, place: Omit<PlacedSource, keyof InvestigationSource>): PlacedSource {
  return { ...source, ...place };
}

/** By address, the newest word that made its network familiar. */
function openWords(words: readonly FamiliarWord[]): (source: InvestigationSource) => FamiliarWord | null {
  const newestFirst = words.toSorted((a, b) => b.saidAt - a.saidAt);
  return ({ address }) => {
    const own = newestFirst.length === 0 ? null : parsePrefix(address);
    if (own === null) return null;
    return newestFirst.find(({ networks }) => networks.some((network) => isWithin(own, network))) ?? null;
  };
}

function networkOf({ asn, networkType, ip }: InvestigationSource): string {
  return asn === 0 ? ip : `${asn} ${networkType}`;
}

/** By address, the furthest thing about it that was new to the key, and since when (epoch ms; 0 where nothing was). */
function openSights(
  { addresses, systems }: NoveltyFacts,
  neverServed: ReadonlySet<string>,
  allowed: readonly Prefix[],
) {
  const isOutside = (address: string) => {
    const own = allowed.length === 0 ? null : parsePrefix(address);
    return own !== null && !allowed.some((network) => isWithin(own, network));
  };
  const factOf = new Map(addresses.map((fact) => [fact.address, fact]));
  const systemOf = new Map(systems.map((system) => [system.value, system]));
  return (source: InvestigationSource): { readonly standing: Standing; readonly seenAt: number } => {
    const { ip, address, asn, networkType, firstAt, before } = source;
    const fact = factOf.get(ip);
    const known = systemOf.get(String(asn));
    const system = asn === 0 ? (fact?.net16 ?? 0) : systemSeenAt(fact, known);
    const firstSights = [...(source.requests > 0 ? [firstAt] : []), ...(before.requests > 0 ? [before.firstAt] : [])];
    const sights: readonly (readonly [Standing, number])[] = [
      [
        "outside allowed",
        isOutside(address) && !neverServed.has(ip) ? fact?.outsideAllowed || fact?.ip || LONG_AGO : 0,
      ],
      ["new system", networkType === "internal" ? 0 : system],
      ["new network", fact?.net24 ?? 0],
      ["new address", fact?.ip ?? 0],
      // What was refused makes nothing familiar, and is in no fact.
      ["never served", neverServed.has(ip) && networkType !== "internal" ? Math.min(...firstSights) : 0],
    ];
    const [standing, seenAt] = sights.find(([, at]) => at > 0) ?? (["known", 0] as const);
    return { standing, seenAt };
  };
}
