import { blamedSources } from "../../model/finding/blamed-sources.js";
import type { Cause, Finding } from "../../model/finding/finding.js";
import type { Store } from "../../store/store.js";
import { DAY_MS } from "../../time/day.js";
import { lookUpOthers } from "./look-up-other-keys.js";
import { type PageEvidence, NO_EVIDENCE, type Others } from "../../page/evidence.js";

/** A deploy or a rotation shows within days, if it explains what was found. */
const CHANGES_BEFORE_MS = 7 * DAY_MS;

/** Whose sources somebody else's key has no business with. Callers of one's own, and keys that are named anyway, are not looked for. */
const OF_STRANGERS: ReadonlySet<Cause> = new Set<Cause>(["leak", "outside_allowed", "revoked_use"]);
/** The day before: an attacker tries the keys that they have. */
const OTHERS_BEFORE_MS = DAY_MS;

/** Reads the evidence of a finding about a key, each part by itself; of other keys, which takes longest, only where there is time for it. */
export async function readPageEvidence(store: Store, finding: Finding | null, hasTime = true): Promise<PageEvidence> {
  if (finding === null || finding.keyId === null) return NO_EVIDENCE;
  const { findingId, keyId, observedBy, onset, tick, asOf } = finding;
  const orNull = async <T>(read: Promise<T>): Promise<T | null> => read.catch(() => null);
  const keyIds = (await orNull(store.registry.readIdsOfKey(keyId))) ?? [keyId];
  const span = { findingId, keyIds, observedBy, from: onset, to: tick, asOf };
  const named = finding.cause === "leak" ? finding.statistics.new_sources : [];
  const [sources, usage, networksBefore, newUses, unevaluatedMinutes, changes, others, names] = await Promise.all([
    orNull(store.page.readKeySources(span)),
    orNull(store.page.readUsageAroundOnset(span)),
    orNull(store.page.readNetworksBefore(span)),
    orNull(store.page.readNewUses(span)),
    orNull(store.page.readUnevaluatedMinutes(onset, tick)),
    orNull(store.registry.readChangesOfKeys([keyId], onset - CHANGES_BEFORE_MS)),
    hasTime
      ? readOthers(store, keyIds, finding)
      : "not looked up because many incidents began at once: see plimsoll investigate",
    orNull(store.networks.readNetworkNames(named)),
  ]);
  return {
    keyIds,
    sources,
    usage,
    networksBefore,
    newUses,
    unevaluatedMinutes,
    changes,
    others,
    networkNames: names ?? new Map(),
  };
}

async function readOthers(store: Store, keyIds: readonly string[], finding: Finding): Promise<Others> {
  if (!OF_STRANGERS.has(finding.cause) || "network" in finding.statistics) return null;
  const { onset, tick } = finding;
  const { networks } = blamedSources(finding);
  return lookUpOthers(store, { keyIds, sources: networks ?? [], from: onset - OTHERS_BEFORE_MS, to: tick, onset });
}
