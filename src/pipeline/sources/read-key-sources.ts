import { NOVEL_DAYS } from "../../model/finding/baseline.js";
import type { KeyVersion } from "../../model/key/key.js";
import { lineagesOf } from "../../model/key/lineage.js";
import type { InvestigationSource } from "../../store/view/investigation.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import { parsePrefix } from "../../model/network/address.js";
import { readFamiliarWords } from "./read-familiar-words.js";
import { BEFORE_ONSET_MS, placeSources, type Placed } from "./place-sources.js";

/** People are shown every source, however many there are. */
const ALL_OF_ONE_KEY = 4_000_000;
const NOW_MS = HOUR_MS;

/** What is asked about: a key from an instant to another, and since when it is under suspicion (epoch ms; null: not known). */
export interface SourcesAsked {
  readonly keyId: string;
  readonly from: number;
  readonly to: number;
  readonly onset: number | null;
}

/** The addresses of a key, and how each stood to it at the onset; where none is known, at the start of the span. */
export interface KeySources {
  /** Every id of the key. */
  readonly keyIds: readonly string[];
  readonly registry: ReadonlyMap<string, KeyVersion>;
  /** Those that were used in the week before the onset alone, too. */
  readonly all: readonly InvestigationSource[];
  readonly placed: Placed;
  /** Whether it was not used before, so that there is nothing to compare with. */
  readonly isFirstUse: boolean;
  /** When the newest of the rows was recorded (epoch ms): what else is read of the key is read as of then. */
  readonly visible: number;
}

/** Reads from where a key was used in a span, and which of that are unknown sources. */
export async function readKeySources(store: Store, { keyId, from, to, ...asked }: SourcesAsked): Promise<KeySources> {
  const onset = asked.onset ?? from;
  const [registry, keyIds] = await Promise.all([
    store.registry.readKeys(onset, to),
    store.registry.readIdsOfKey(keyId),
  ]);
  const elders = lineagesOf(registry);
  const older = [...new Set([...keyIds.slice(1), ...(elders.get(keyId) ?? [])])];
  const lineages = older.length === 0 ? elders : new Map([...elders, [keyId, older]]);
  const [{ sources: all, visible }, facts, words, versions] = await Promise.all([
    store.view.readInvestigationSources({
      keyIds,
      from,
      to,
      since: Math.max(from, onset),
      lately: Math.max(from, to - NOW_MS),
      week: onset - NOVEL_DAYS * DAY_MS,
      onset,
    }),
    store.check.readNoveltyFacts(
      {
        hour: Math.floor(onset / HOUR_MS) * HOUR_MS,
        until: to,
        keys: [keyId],
        most: ALL_OF_ONE_KEY,
        held: { keys: [], days: [] },
        registry: { at: onset, visible: to },
        lineages,
      },
      null,
    ),
    readFamiliarWords(store, keyId, older, to),
    store.registry.readKeyVersions([keyId]),
  ]);
  const own = new Set([keyId, ...older]);
  const isNew = new Set(facts.addresses.map(({ address }) => address));
  const neverServed = await store.view.readNeverServed(
    [...own],
    all.filter(({ ip }) => ip !== "::" && !isNew.has(ip)),
    onset - BEFORE_ONSET_MS,
  );
  // What is allowed is what the registry says now: who mends it is not told of what was forgotten then.
  const allowed = (versions.at(-1)?.allowedCidrs ?? []).flatMap((cidr) => parsePrefix(cidr) ?? []);
  const known = { facts, neverServed, allowed, words };
  // A key that slept has no networks of its own: whoever woke it is an unknown source until somebody says otherwise.
  const isFound = asked.onset !== null;
  const usedBefore = isFound ? onset - BEFORE_ONSET_MS : onset;
  const hadUsers = lineages.has(keyId) || all.some(({ before }) => before.requests > 0 && before.firstAt < usedBefore);
  const placed = placeSources(all, known, { onset, to, isFirstUse: !hadUsers, isFound });
  return { keyIds, registry, all, placed, isFirstUse: !hadUsers, visible };
}
