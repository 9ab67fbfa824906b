import type { Finding } from "../model/finding.js";
import type { KeyChange } from "../model/key-change.js";
import type { KeySource } from "../store/evidence.js";
import type { NetworkUse, NewUse, UsageAroundOnset } from "../store/page-evidence.js";
import type { Store } from "../store/store.js";
import { DAY_MS } from "../time/day.js";

/** What a page tells beside the finding; null what could not be read when it was written: then it goes without, for it must go. */
export interface PageEvidence {
  /** Sources of the key since the onset, the busiest first. */
  readonly sources: readonly KeySource[] | null;
  readonly usage: UsageAroundOnset | null;
  readonly networksBefore: readonly NetworkUse[] | null;
  readonly newUses: readonly NewUse[] | null;
  readonly unevaluatedMinutes: number | null;
  /** What people changed of the key in the week before the onset, and since. */
  readonly changes: readonly KeyChange[] | null;
  /** Names of the new sources' networks by address, as far as they are known. */
  readonly networkNames: ReadonlyMap<string, string>;
}

/** A deploy or a rotation shows within days, if it explains what was found. */
const CHANGES_BEFORE_MS = 7 * DAY_MS;

/** Where there is nothing to read, or no time for it. */
export const NO_EVIDENCE: PageEvidence = {
  sources: [],
  usage: null,
  networksBefore: [],
  newUses: [],
  unevaluatedMinutes: 0,
  changes: [],
  networkNames: new Map(),
};

/** Reads the evidence of a finding about a key, each part by itself. */
export async function readPageEvidence(store: Store, finding: Finding | null): Promise<PageEvidence> {
  if (finding === null || finding.keyId === "") return NO_EVIDENCE;
  const { keyId, observedBy, onset, tick, asOf } = finding;
  const span = { keyId, observedBy, from: onset, to: tick, asOf };
  const { new_sources: named = [] } = finding.statistics as {
    new_sources?: readonly { address: string; asn: number }[];
  };
  const orNull = async <T>(read: Promise<T>): Promise<T | null> => read.catch(() => null);
  const [sources, usage, networksBefore, newUses, unevaluatedMinutes, changes, names] = await Promise.all([
    orNull(store.readKeySources(span)),
    orNull(store.readUsageAroundOnset(span)),
    orNull(store.readNetworksBefore(span)),
    orNull(store.readNewUses(span)),
    orNull(store.readUnevaluatedMinutes(onset, tick)),
    orNull(store.readChangesOfKeys([keyId], onset - CHANGES_BEFORE_MS)),
    orNull(store.readNetworkNames(named)),
  ]);
  return { sources, usage, networksBefore, newUses, unevaluatedMinutes, changes, networkNames: names ?? new Map() };
}
