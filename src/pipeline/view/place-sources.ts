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

/** How an address stands to a key; "first use": the key was not used at all in the week before the onset. */
export type Standing = "known" | "new address" | "new network" | "new system" | "outside allowed" | "first use";

/** The same for people: a system is an autonomous one, which few call that. */
export const STANDINGS: Readonly<Record<Standing, string>> = {
  known: "known",
  "new address": "new address in a known network",
  "new network": "new network",
  "new system": "new network operator (AS)",
  "outside allowed": "outside the allowed networks",
  "first use": "first use",
};

const HARMLESS: ReadonlySet<Standing> = new Set(["known", "new address"]);

/** An address with how it stood to the key at the onset. */
export interface PlacedSource extends InvestigationSource {
  readonly standing: Standing;
  readonly isUnknownSource: boolean;
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

/**
 * Says of each address of the span how it stood to the key: an unknown source came from a network that was new at the onset, or from outside the
 * allowed ones. Where new homes come every day and half of those that came since would have come anyway, none of them is called one.
 */
export function placeSources(
  all: readonly InvestigationSource[],
  facts: NoveltyFacts,
  { onset, to }: { readonly onset: number; readonly to: number },
): Placed {
  const sightOf = openSights(facts);
  const sources = all.filter(({ requests }) => requests > 0);
  const there = new Set(sources.filter(({ lastAt }) => lastAt >= onset - GONE_MS).map(networkOf));
  const judged = sources.map((source) => {
    const { standing, seenAt } = sightOf(source);
    const couldBe = !HARMLESS.has(standing) && seenAt >= onset - BEFORE_ONSET_MS && there.has(networkOf(source));
    return { source, standing, couldBe };
  });
  // Where somebody came from a foreign system, what is new in the key's own is its usual change.
  const isForeign = (standing: Standing) => standing !== "new network";
  const anyForeign = judged.some(({ couldBe, standing }) => couldBe && isForeign(standing));
  const isLike = (standing: Standing) => !HARMLESS.has(standing) && (!anyForeign || isForeign(standing));
  const isHome = ({ networkType }: InvestigationSource, standing: Standing) =>
    networkType === "isp" && standing !== "outside allowed";
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
    sources: judged.map(({ source, standing, couldBe }) =>
      placeAs(source, standing, couldBe && isLike(standing) && !(isIndistinct && isHome(source, standing))),
    ),
    indistinct: isIndistinct && homes > 0 ? { addresses: homes, usualADay } : null,
  };
}

/** An address that stands so to the key. */
export function placeAs(source: InvestigationSource, standing: Standing, isUnknownSource: boolean): PlacedSource {
  return { ...source, standing, isUnknownSource };
}

function networkOf({ asn, networkType, ip }: InvestigationSource): string {
  return asn === 0 ? ip : `${asn} ${networkType}`;
}

/** By address, the furthest thing about it that was new to the key, and since when (epoch ms; 0 where nothing was). */
function openSights({ addresses, systems }: NoveltyFacts) {
  const factOf = new Map(addresses.map((fact) => [fact.address, fact]));
  const systemOf = new Map(systems.map((system) => [system.value, system]));
  return ({ ip, asn, networkType }: InvestigationSource): { readonly standing: Standing; readonly seenAt: number } => {
    const fact = factOf.get(ip);
    const known = systemOf.get(String(asn));
    const system = asn === 0 ? (fact?.net16 ?? 0) : systemSeenAt(fact, known);
    const sights: readonly (readonly [Standing, number])[] = [
      ["outside allowed", fact?.outsideAllowed ?? 0],
      ["new system", networkType === "internal" ? 0 : system],
      ["new network", fact?.net24 ?? 0],
      ["new address", fact?.ip ?? 0],
    ];
    const [standing, seenAt] = sights.find(([, at]) => at > 0) ?? (["known", 0] as const);
    return { standing, seenAt };
  };
}
