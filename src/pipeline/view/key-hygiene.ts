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
  const scopes = await store.view.readUsedScopes(now - SCOPES_MS);
  const usersOf = new Map(scopes.map(({ scope, key_ids: ids }) => [scope, namedBy(presentId, ids)]));
  const users = [...usersOf.values()];
  // Of a key that names no scope in its traffic, none is known to be unused.
  const isUnused = ({ keyId, scopes: granted }: KeyVersion) =>
    granted.some((scope) => usersOf.get(scope)?.has(keyId) !== true) && users.some((some) => some.has(keyId));
  return (key) => isLive(key) && isUnused(key);
}

function namedBy(presentId: (keyId: string) => string, ids: Iterable<string>): ReadonlySet<string> {
  const named = new Set<string>();
  for (const id of ids) named.add(presentId(id));
  return named;
}
