import type { KeyVersion } from "../../model/key/key.js";
import type { KeyIdentity } from "../../model/key/identify-key.js";
import { isUnregisteredName } from "../../model/key/former-name.js";
import { groupByKey, versionAt } from "../../model/key/plan-keys.js";
import {
  revocationRefusals,
  rotationStateOf,
  type KeyUserName,
  type RotationFacts,
  type RotationState,
} from "../../model/key/rotation.js";
import { ALL_KEYS } from "../../model/key/rules-of-keys.js";
import type { Store } from "../../store/store.js";
import { DAY_MS, HOUR_MS } from "../../time/day.js";
import { recordKeys } from "./record-keys.js";

/** A successor that was not used for so long is taken for one that nobody uses. */
const USED_DAYS = 90;
/** What a version that is made of another one gives by itself. */
const GIVEN: ReadonlySet<string> = new Set(["fingerprints", "display", "valid_from"]);

/** Why nothing was changed: `unknown` key, or what stands against it, in sentences. */
export type KeyRefusal =
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly reasons: readonly string[] };

/** A rotation as it stands. */
export interface Rotation {
  readonly kind: "done";
  readonly key: KeyVersion;
  readonly successor: KeyVersion | null;
  readonly state: RotationState;
  /** When the old key was last used within the hour (epoch ms); null when it was not. */
  readonly lastUsedAt: number | null;
  /** Who used it in the hour before it was revoked; nobody, or not asked: empty. */
  readonly usedBy: readonly KeyUserName[];
}

/** What is asked of a rotation: the key that follows, what it is made of where it is new, and by when (epoch ms). */
export interface RotationRequest {
  readonly keyId: string;
  readonly to: string | null;
  readonly identity: KeyIdentity | null;
  readonly due: number | null;
}

/** Announces a key's successor, or by when it must be replaced; a successor that is not registered gets the key's labels and limits. */
export async function rotateKey(
  store: Store,
  wish: RotationRequest,
  by: string,
  now: number,
): Promise<Rotation | KeyRefusal> {
  const known = groupByKey(await store.registry.readKeyVersions("all"));
  const key = versionAt(known.get(wish.keyId) ?? [], now);
  if (key === undefined || wish.keyId === ALL_KEYS) return { kind: "unknown" };
  const reasons: string[] = [];
  if (key.revokedAt !== null && key.revokedAt <= now) reasons.push("it is already revoked");
  if (wish.to === null && wish.due === null) reasons.push("give its successor, or when it must be replaced");
  if (wish.to === wish.keyId) reasons.push("a key cannot be its own successor");
  const next = wish.to === null ? undefined : versionAt(known.get(wish.to) ?? [], now);
  if (next !== undefined && !["", wish.keyId].includes(next.replaces) && !isUnregisteredName(next.replaces)) {
    reasons.push(`${next.keyId} follows ${next.replaces} already`);
  }
  if (reasons.length > 0) return { kind: "refused", reasons };
  const made = wish.to === null ? null : { ...(next ?? successorOf(key, wish.to, now)), replaces: key.keyId };
  const identified = made === null || wish.identity === null ? made : { ...made, ...wish.identity };
  const changed = [
    ...(identified === null ? [] : [{ ...identified, validFrom: now }]),
    ...(wish.due === null ? [] : [{ ...key, rotateBy: wish.due, validFrom: now }]),
  ];
  const problems = await record(store, changed, by);
  if (problems.length > 0) return { kind: "refused", reasons: problems };
  return readRotation(store, wish.keyId, now);
}

/** Where the rotation of a key stands at an instant (epoch ms). */
export async function readRotation(store: Store, keyId: string, now: number): Promise<Rotation | KeyRefusal> {
  const { versions, facts, lastUsedAt, successor } = await readFacts(store, keyId, now);
  const key = versionAt(versions, now);
  if (key === undefined) return { kind: "unknown" };
  return { kind: "done", key, successor, state: rotationStateOf(facts, now), lastUsedAt, usedBy: [] };
}

/** Revokes a key from an instant (epoch ms) on; refused while its callers would break, unless it is forced. */
export async function revokeKey(
  store: Store,
  wish: { readonly keyId: string; readonly at: number; readonly force: boolean },
  by: string,
  now: number,
): Promise<Rotation | KeyRefusal> {
  const { versions, facts, lastUsedAt, names } = await readFacts(store, wish.keyId, now);
  const key = versionAt(versions, now);
  if (key === undefined || wish.keyId === ALL_KEYS) return { kind: "unknown" };
  if (facts.revokedAt !== null && facts.revokedAt <= now)
    return { kind: "refused", reasons: ["it is already revoked"] };
  const users = facts.isOldUsed ? await store.audit.readKeyUsers(names, now - HOUR_MS, now) : [];
  const reasons = wish.force ? [] : revocationRefusals(facts, lastUsedAt, users);
  if (reasons.length > 0) return { kind: "refused", reasons };
  const problems = await record(store, [{ ...key, revokedAt: wish.at, validFrom: now }], by);
  if (problems.length > 0) return { kind: "refused", reasons: problems };
  const done = await readRotation(store, wish.keyId, now);
  return done.kind === "done" ? { ...done, usedBy: users } : done;
}

/** Makes every key that a person holds, and that is not revoked, due at an instant (epoch ms); those keys, as they are now. */
export async function rotateKeysOfHolder(
  store: Store,
  holder: string,
  due: number,
  by: string,
  now: number,
): Promise<KeyVersion[]> {
  const held = [...groupByKey(await store.registry.readKeyVersions("all")).values()]
    .flatMap((history) => versionAt(history, now) ?? [])
    .filter((key) => key.holders.includes(holder) && (key.revokedAt === null || key.revokedAt > now))
    .map((key) => Object.assign({}, key, { rotateBy: due, validFrom: now }));
  await record(store, held, by);
  return held;
}

async function readFacts(store: Store, keyId: string, now: number) {
  const known = groupByKey(await store.registry.readKeyVersions("all"));
  const versions = known.get(keyId) ?? [];
  const key = versionAt(versions, now) ?? null;
  const successor =
    [...known.values()].flatMap((history) => versionAt(history, now) ?? []).find((one) => one.replaces === keyId) ??
    null;
  // Just before it was registered, its raw key's requests had another name.
  const names = await store.registry.readIdsOfKey(keyId);
  const [old, next] = await Promise.all([
    store.audit.readUseSince(names, now - HOUR_MS, now),
    successor === null ? [] : store.audit.readUseSince([successor.keyId], now - USED_DAYS * DAY_MS, now),
  ]);
  const facts: RotationFacts = {
    revokedAt: key?.revokedAt ?? null,
    rotateBy: key?.rotateBy ?? null,
    hasSuccessor: successor !== null,
    isOldUsed: old.length > 0,
    isNewUsed: next.length > 0,
  };
  const lastUsedAt = old.length === 0 ? null : Math.max(...old.map(({ lastAt }) => lastAt));
  return { versions, facts, lastUsedAt, successor, names };
}

/** What two keys of one caller have in common: everything but identity and dates. */
function successorOf(key: KeyVersion, keyId: string, now: number): KeyVersion {
  const fresh = { display: "", fingerprints: [], createdAt: now, rotateBy: null, revokedAt: null };
  return { ...key, ...fresh, keyId };
}

/** Problems, by which nothing was written; none: it was. */
async function record(store: Store, versions: readonly KeyVersion[], by: string): Promise<string[]> {
  const plan = await recordKeys(
    store,
    versions.map((key) => ({ key, given: GIVEN })),
    by,
  );
  return plan.problems.map(({ problem }) => problem);
}
