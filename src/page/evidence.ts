import type { KeyChange } from "../model/key/key-change.js";
import type {
  KeySources,
  SourceList,
  NetworkUse,
  NewUse,
  UsageAroundOnset,
  OtherKeys,
} from "../model/finding/evidence.js";

/** What a page tells beside the finding; null what could not be read when it was written: then it goes without, for it must go. */
export interface PageEvidence {
  /** Every id of the key, its present one first: the rest is read of all of them. */
  readonly keyIds: readonly string[];
  /** Sources of the key since the onset. */
  readonly sources: KeySources | null;
  readonly usage: UsageAroundOnset | null;
  readonly networksBefore: readonly NetworkUse[] | null;
  readonly newUses: readonly NewUse[] | null;
  readonly unevaluatedMinutes: number | null;
  /** What people changed of the key in the week before the onset, and since. */
  readonly changes: readonly KeyChange[] | null;
  /** Who else was used from the sources that the finding blames. */
  readonly others: Others;
  /** Names of the new sources' networks by address, as far as they are known. */
  readonly networkNames: ReadonlyMap<string, string>;
}

/** No source at all. */
export const NO_SOURCES: SourceList = { busiest: [], addresses: 0, requests: 0, sessionKeys: 0 };

/** Where there is nothing to read, or no time for it. */
export const NO_EVIDENCE: PageEvidence = {
  keyIds: [],
  sources: { blamed: NO_SOURCES, others: NO_SOURCES },
  usage: null,
  networksBefore: [],
  newUses: [],
  unevaluatedMinutes: 0,
  changes: [],
  others: null,
  networkNames: new Map(),
};

/** Who else was used from some sources, and how many of their networks were too many to be looked up. */
export interface FoundOthers extends OtherKeys {
  readonly networksLeft: number;
}

/** The same, or a sentence on why nobody was looked for; null where there are no sources. */
export type Others = FoundOthers | string | null;
