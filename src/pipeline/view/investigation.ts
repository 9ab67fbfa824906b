import { NOVEL_DAYS } from "../../model/finding/baseline.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { FoundCause } from "../../store/view/found-causes.js";
import type {
  Amount,
  InvestigationHour,
  InvestigationSource,
  InvestigationUse,
} from "../../store/view/investigation.js";
import type { InvestigationSessions } from "../../store/view/investigation-sessions.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { lookUpOthers } from "../page/look-up-other-keys.js";
import type { Indistinct } from "../sources/place-sources.js";
import { readKeySources, type SourcesAsked } from "../sources/read-key-sources.js";
import { groupSources, nameNetwork, type NamedSource, type SourceNetwork } from "./source-networks.js";
import type { Others } from "../../page/evidence.js";

const NOW_MS = HOUR_MS;
/** So many networks, the first ones, are told with their name. */
const NAMED = 200;

/** Requests and spend of a stretch of time, per hour. */
export interface Phase {
  readonly hours: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly addresses: number;
}

/** What is known of a key in a span: what on-call and analysts ask first. Instants are epoch ms. */
export interface Investigation {
  readonly keyId: string;
  readonly key: KeyVersion | null;
  readonly from: number;
  readonly to: number;
  /** When it began, by the findings; null when nothing was found and everything is compared with what was usual at `from`. */
  readonly onset: number | null;
  readonly found: readonly FoundCause[];
  readonly phases: { readonly before: Phase; readonly since: Phase; readonly now: Phase };
  /** What unknown sources took; null when there are none. */
  readonly taken: {
    readonly firstAt: number;
    readonly lastAt: number;
    readonly requests: number;
    readonly spendMicros: number;
    readonly bytes: number;
    /** Whether any source was heard in the minutes after the last of it: else nobody can say that it has ended. */
    readonly isHeardSince: boolean;
  } | null;
  /** Where new homes are nothing new to the key: none of them is called an unknown source. */
  readonly indistinct: Indistinct | null;
  /** Whether the key was not used before the span or the onset: there is nothing to compare with. */
  readonly isFirstUse: boolean;
  /** Unknown sources first, network by network: what is cut off at the end is never who is looked for. */
  readonly networks: readonly SourceNetwork[];
  /** The addresses of all networks in that order. */
  readonly sources: readonly NamedSource[];
  /** The short-lived keys and the TLS clients of unknown sources. */
  readonly sessions: InvestigationSessions;
  /** What unknown sources did first. */
  readonly uses: readonly InvestigationUse[];
  /** Who else was used from the unknown sources' addresses and networks, and what is known of these keys. */
  readonly others: Others;
  readonly otherNames: ReadonlyMap<string, Pick<KeyVersion, "display" | "owner">>;
  readonly hours: readonly InvestigationHour[];
}

/** What is asked about, with the key as the registry has it. */
export interface InvestigationQuestion extends SourcesAsked {
  readonly key: KeyVersion | null;
}

/** Reads the investigation of a key. @throws when ClickHouse cannot be asked: an error is never an empty investigation. */
export async function readInvestigation(store: Store, question: InvestigationQuestion): Promise<Investigation> {
  const { from, to } = question;
  const onset = question.onset ?? from;
  const readFound = async () => {
    const keyIds = await store.registry.readIdsOfKey(question.keyId);
    return store.view.readFoundCauses({ keyIds, from: Math.min(from, onset), to: to + 1 });
  };
  const [{ keyIds, registry, all, placed, isFirstUse, visible }, found] = await Promise.all([
    readKeySources(store, question),
    readFound(),
  ]);
  const span = { keyIds, from, to };
  const unknownSources = placed.sources.filter(({ isUnknownSource }) => isUnknownSource);
  const groups = groupSources(placed.sources);
  const unknownIps = [...new Set(unknownSources.map(({ ip }) => ip))];
  const [names, { uses, hours }, sessions, others] = await Promise.all([
    store.networks.readNetworkNames(groups.slice(0, NAMED).map((group) => group.sources[0]!)),
    store.view.readInvestigationUses(span, unknownIps, visible),
    store.view.readInvestigationSessions(span, unknownIps, visible),
    lookUpOthers(store, { ...span, onset, sources: unknownSources.map(({ address }) => address) }),
  ]);
  const networks = groups.map((group) => nameNetwork(group, names.get(group.sources[0]!.address) ?? ""));
  return {
    ...question,
    found,
    phases: {
      before: phaseOf(all, ({ before }) => before, NOVEL_DAYS * DAY_MS),
      since: phaseOf(all, ({ since }) => since, to - Math.max(from, onset)),
      now: phaseOf(all, ({ lately }) => lately, Math.min(NOW_MS, to - from)),
    },
    taken: await takenBy(store, unknownSources, to),
    indistinct: placed.indistinct,
    isFirstUse,
    networks,
    sources: networks.flatMap((network) => network.sources),
    sessions,
    uses: uses.toSorted((a, b) => b.unknownSourceRequests - a.unknownSourceRequests || b.requests - a.requests),
    others,
    otherNames: registry,
    hours,
  };
}

async function takenBy(
  store: Pick<Store, "check">,
  unknownSources: readonly InvestigationSource[],
  to: number,
): Promise<Investigation["taken"]> {
  if (unknownSources.length === 0) return null;
  const lastAt = Math.max(...unknownSources.map((source) => source.lastAt));
  const after = Math.floor(lastAt / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const heard = after < to ? await store.check.readObservedMinutes(after, to) : [];
  return {
    firstAt: Math.min(...unknownSources.map(({ firstAt }) => firstAt)),
    lastAt,
    requests: unknownSources.reduce((sum, { requests }) => sum + requests, 0),
    spendMicros: unknownSources.reduce((sum, { spendMicros }) => sum + spendMicros, 0),
    bytes: unknownSources.reduce((sum, { bytes }) => sum + bytes, 0),
    isHeardSince: heard.length > 0,
  };
}

function phaseOf(
  sources: readonly InvestigationSource[],
  amountOf: (source: InvestigationSource) => Amount,
  lengthMs: number,
): Phase {
  const used = sources.filter((source) => amountOf(source).requests > 0);
  return {
    hours: Math.max(lengthMs, 60_000) / HOUR_MS,
    requests: used.reduce((sum, source) => sum + amountOf(source).requests, 0),
    spendMicros: used.reduce((sum, source) => sum + amountOf(source).spendMicros, 0),
    addresses: new Set(used.map(({ address }) => address)).size,
  };
}
