import { NOVEL_DAYS } from "../model/baseline.js";
import type { KeyVersion } from "../model/key.js";
import type { DossierHour, DossierSource, DossierUse, FoundCause } from "../store/dossier.js";
import type { NoveltyFacts } from "../store/novelty-facts.js";
import type { Store } from "../store/store.js";
import { DAY_MS, HOUR_MS } from "../time/day.js";

/** A stranger may have come a day before the change that the finding blames, to try the key. */
const BEFORE_ONSET_MS = DAY_MS;
/** Who was gone this long before the onset is not who the finding blames. */
const GONE_MS = HOUR_MS;
const NOW_MS = HOUR_MS;
/** So many addresses, the busiest, are told with the name of their network. */
const NAMED = 200;

/** How an address stands to a key; "first use": the key was not used at all in the week before the onset. */
export type Standing = "known" | "new address" | "new network" | "new system" | "outside allowed" | "first use";

const HARMLESS: ReadonlySet<Standing> = new Set(["known", "new address"]);

/** An address with how it stood to the key at the onset, and the name of its network. */
export interface PlacedSource extends DossierSource {
  readonly standing: Standing;
  readonly isStranger: boolean;
  readonly name: string;
}

/** Requests and spend of a stretch of time, per hour. */
export interface Phase {
  readonly hours: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly addresses: number;
}

/** What is known of a key in a span: what on-call and analysts ask first. Instants are epoch ms. */
export interface Dossier {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly from: number;
  readonly to: number;
  /** When it began, by the findings; null when nothing was found and everything is compared with what was usual at `from`. */
  readonly onset: number | null;
  readonly found: readonly FoundCause[];
  readonly phases: { readonly before: Phase; readonly since: Phase; readonly now: Phase };
  /** What strangers took; null when there are none. */
  readonly taken: {
    readonly firstAt: number;
    readonly lastAt: number;
    readonly requests: number;
    readonly spendMicros: number;
  } | null;
  readonly sources: readonly PlacedSource[];
  readonly uses: readonly DossierUse[];
  readonly hours: readonly DossierHour[];
}

/** What is asked about: a key from an instant to another, and since when it is under suspicion (epoch ms; null: not known). */
export interface DossierQuestion {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly from: number;
  readonly to: number;
  readonly onset: number | null;
}

/** Reads the dossier of a key. @throws when ClickHouse cannot be asked: an error is never an empty dossier. */
export async function readDossier(store: Store, question: DossierQuestion): Promise<Dossier> {
  const { keyId, from, to } = question;
  const onset = question.onset ?? from;
  const span = { keyId, from, to };
  const facts = store.readNoveltyFacts(
    {
      hour: Math.floor(onset / HOUR_MS) * HOUR_MS,
      until: to,
      keys: [keyId],
      held: { keys: [], days: [] },
      registry: { at: onset, visible: to },
    },
    null,
  );
  const week = { keyId, from: onset - NOVEL_DAYS * DAY_MS, to: onset };
  const [sources, before, found, known] = await Promise.all([
    store.readDossierSources(span),
    store.readDossierSources(week),
    store.readFoundCauses({ keyId, from: Math.min(from, onset), to: to + 1 }),
    facts,
  ]);
  const names = await store.readNetworkNames(sources.slice(0, NAMED));
  // A key that slept has no networks of its own: whoever woke it is a stranger until somebody says otherwise.
  const slept = question.onset !== null && !before.some(({ firstAt }) => firstAt < onset - BEFORE_ONSET_MS);
  const placed = slept
    ? sources.map((source): PlacedSource => {
        return { ...source, standing: "first use", isStranger: true, name: names.get(source.address) ?? "" };
      })
    : placeSources(sources, known, onset, names);
  const strangers = placed.filter(({ isStranger }) => isStranger);
  const ips = [...new Set(strangers.map(({ ip }) => ip))];
  const [uses, hours, since, now] = await Promise.all([
    store.readDossierUses(span, ips),
    store.readDossierHours(span, ips),
    store.readDossierSources({ ...span, from: Math.max(from, onset) }),
    store.readDossierSources({ ...span, from: Math.max(from, to - NOW_MS) }),
  ]);
  return {
    ...question,
    found,
    phases: {
      before: phaseOf(before, NOVEL_DAYS * DAY_MS),
      since: phaseOf(since, to - Math.max(from, onset)),
      now: phaseOf(now, Math.min(NOW_MS, to - from)),
    },
    taken: takenBy(strangers),
    sources: placed,
    uses,
    hours,
  };
}

/** Says of each address how it stood to the key: a stranger came from a network that was new at the onset, or from outside the allowed ones. */
function placeSources(
  sources: readonly DossierSource[],
  { addresses, systems }: NoveltyFacts,
  onset: number,
  names: ReadonlyMap<string, string>,
): PlacedSource[] {
  const networkOf = ({ asn, networkType, ip }: DossierSource) => (asn === 0 ? ip : `${asn} ${networkType}`);
  const there = new Set(sources.filter(({ lastAt }) => lastAt >= onset - GONE_MS).map(networkOf));
  const factOf = new Map(addresses.map((fact) => [fact.address, fact]));
  const systemAt = new Map(systems.map(({ value, seenAt }) => [value, seenAt]));
  const placed = sources.map((source): PlacedSource => {
    const fact = factOf.get(source.ip);
    const system = source.asn === 0 ? (fact?.net16 ?? 0) : (systemAt.get(String(source.asn)) ?? 0);
    const isInternal = source.networkType === "internal";
    const sights: readonly (readonly [Standing, number])[] = [
      ["outside allowed", fact?.outsideAllowed ?? 0],
      ["new system", isInternal ? 0 : system],
      ["new network", fact?.net24 ?? 0],
      ["new address", fact?.ip ?? 0],
    ];
    const [standing, seenAt] = sights.find(([, at]) => at > 0) ?? (["known", 0] as const);
    const couldBe = !HARMLESS.has(standing) && seenAt >= onset - BEFORE_ONSET_MS && there.has(networkOf(source));
    return { ...source, standing, isStranger: couldBe, name: names.get(source.address) ?? "" };
  });
  // Where somebody came from a foreign system, what is new in the key's own is its usual change.
  const isForeign = ({ isStranger, standing }: PlacedSource) => isStranger && standing !== "new network";
  const anyForeign = placed.some(isForeign);
  return anyForeign ? placed.map((source) => ({ ...source, isStranger: isForeign(source) })) : placed;
}

function takenBy(strangers: readonly DossierSource[]): Dossier["taken"] {
  if (strangers.length === 0) return null;
  return {
    firstAt: Math.min(...strangers.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...strangers.map(({ lastAt }) => lastAt)),
    requests: strangers.reduce((sum, { requests }) => sum + requests, 0),
    spendMicros: strangers.reduce((sum, { spendMicros }) => sum + spendMicros, 0),
  };
}

function phaseOf(sources: readonly DossierSource[], lengthMs: number): Phase {
  return {
    hours: Math.max(lengthMs, 60_000) / HOUR_MS,
    requests: sources.reduce((sum, { requests }) => sum + requests, 0),
    spendMicros: sources.reduce((sum, { spendMicros }) => sum + spendMicros, 0),
    addresses: new Set(sources.map(({ address }) => address)).size,
  };
}
