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
  store: { readonly view: Pick<ViewStore, "readKeyHygiene"> },
  wanted: KeyHygiene,
  formerIds: FormerIds,
  now: number,
): Promise<(key: KeyVersion) => boolean> {
  const isLive = (key: KeyVersion) => key.revokedAt === null || key.revokedAt > now;
  if (wanted === "overdue") return (key) => isLive(key) && key.rotateBy !== null && key.rotateBy <= now;
  if (wanted === "shared") return (key) => isLive(key) && key.holders.length >= SEVERAL;
  const presentId = presentIds(formerIds);
  const [lastAt, scopes] = [new Map<string, number>(), new Map<string, Set<string>>()];
  for (const row of await store.view.readKeyHygiene(now - SCOPES_MS)) {
    const keyId = presentId(row.key_id);
    lastAt.set(keyId, Math.max(lastAt.get(keyId) ?? 0, row.last_s * 1000));
    scopes.set(keyId, new Set([...(scopes.get(keyId) ?? []), ...row.scopes]));
  }
  if (wanted === "unused") return (key) => isLive(key) && (lastAt.get(key.keyId) ?? 0) < now - UNUSED_MS;
  // Of a key that names no scope in its traffic, none is known to be unused.
  const isUnused = (key: KeyVersion) => {
    const used = scopes.get(key.keyId);
    return used !== undefined && used.size > 0 && key.scopes.some((scope) => !used.has(scope));
  };
  return (key) => isLive(key) && isUnused(key);
}
