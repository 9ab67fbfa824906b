import { presentIds, type FormerIds } from "../../model/key/former-ids.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { ViewStore } from "../../store/view/view-store.js";
import { DAY_MS } from "../../time/day.js";

/** What is to be tidied up on a key: past its day of replacement, not served for four weeks, with a scope that it did not use in ninety days, or held by several. */
export const KEY_HYGIENE = ["overdue", "unused", "over_scoped", "shared"] as const;
export type KeyHygiene = (typeof KEY_HYGIENE)[number];

const UNUSED_MS = 28 * DAY_MS;
/** As the audit of scopes looks back. */
const SCOPES_MS = 90 * DAY_MS;
const SEVERAL = 2;

/** Says of any key of the registry whether something is to be tidied up on it, at an instant (epoch ms); what is revoked is done with. One query, whatever their number. */
export async function readHygiene(
  store: { readonly view: Pick<ViewStore, "readLatelyServed" | "readUsedScopes"> },
  wanted: KeyHygiene,
  formerIds: FormerIds,
  now: number,
): Promise<(key: KeyVersion) => boolean> {
  const isLive = (key: KeyVersion) => key.revokedAt === null || key.revokedAt > now;
  if (wanted === "overdue") return (key) => isLive(key) && key.rotateBy !== null && key.rotateBy <= now;
  if (wanted === "shared") return (key) => isLive(key) && key.holders.length >= SEVERAL;
  const presentId = presentIds(formerIds);
  if (wanted === "unused") {
    const served = namedBy(presentId, await store.view.readLatelyServed(now - UNUSED_MS));
    return (key) => isLive(key) && !served.has(key.keyId);
  }
  const usedOf = usedScopes(presentId, await store.view.readUsedScopes(now - SCOPES_MS));
  // Of a key that names no scope in its traffic, none is known to be unused.
  const isUnused = ({ keyId, scopes: granted }: KeyVersion) => {
    const used = granted.length === 0 ? undefined : usedOf.get(keyId);
    return used !== undefined && granted.some((scope) => !used.has(scope));
  };
  return (key) => isLive(key) && isUnused(key);
}

function namedBy(presentId: (keyId: string) => string, ids: Iterable<string>): ReadonlySet<string> {
  const named = new Set<string>();
  for (const id of ids) named.add(presentId(id));
  return named;
}

/** What each key used, by its present id; keys that used the same share one set. */
function usedScopes(
  presentId: (keyId: string) => string,
  rows: Awaited<ReturnType<ViewStore["readUsedScopes"]>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const usedOf = new Map<string, ReadonlySet<string>>();
  for (const { scopes, key_ids: ids } of rows) {
    const own: ReadonlySet<string> = new Set(scopes);
    for (const id of ids) {
      const keyId = presentId(id);
      const before = usedOf.get(keyId);
      // Former ids of a key may have used other scopes.
      usedOf.set(keyId, before === undefined ? own : new Set([...before, ...own]));
    }
  }
  return usedOf;
}
