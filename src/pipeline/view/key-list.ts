import { groupBy } from "../../model/group-by.js";
import type { KeyState } from "../../model/key/key-state.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { Store } from "../../store/store.js";
import { readDayUsage, type DayUsage } from "./fleet-usage.js";
import { readHygiene, type KeyHygiene } from "./key-hygiene.js";
import { readStandings } from "./key-states.js";
import { sortKeys, type AskedKeys, type KeyOrder, type ListedKey } from "./sort-keys.js";

/** States that keys are listed by: how they stand, or what the registry says. */
export const LISTED_STATES = [
  "incident",
  "still_leaking",
  "under_suspicion",
  "learning",
  "no_baseline",
  "ok",
  "revoked",
] as const satisfies readonly (KeyState | "revoked")[];
/** Texts of the registry that keys are filtered by. */
export const KEY_FILTERS = ["owner", "service", "provider", "environment"] as const;

/** Which keys people ask for; an empty text asks for any. */
export interface KeyListQuestion extends Readonly<Record<(typeof KEY_FILTERS)[number], string>>, KeyOrder {
  readonly state: (typeof LISTED_STATES)[number] | "";
  readonly hygiene: KeyHygiene | "";
}

/** One key as a list shows it. */
export interface KeyListRow extends ListedKey {
  readonly state: KeyState;
  readonly isRevoked: boolean;
  /** Of who saw most of it in the last 24 hours; null where it was not used. */
  readonly usage: DayUsage | null;
}

/** Some of the keys that were asked for, and how many these are in all. */
export interface KeyList {
  readonly rows: readonly KeyListRow[];
  readonly total: number;
}

type Registry = ReadonlyMap<string, KeyVersion>;

/** As many as `keys list` names: whoever calls with made-up keys makes as many as they like. */
const MOST_UNREGISTERED = 1000;

/** Reads keys at an instant (epoch ms), registered or just used: `most` of them, after the first `skipped`. A few queries, whatever their number. */
export async function readKeyList(
  store: Store,
  question: KeyListQuestion,
  now: number,
  { skipped, most }: { readonly skipped: number; readonly most: number },
): Promise<KeyList> {
  const [registry, formerIds, others] = await Promise.all([
    store.readClock().then((visible) => store.registry.readKeys(now, visible)),
    store.registry.readFormerIds("all"),
    readOthers(store, question),
  ]);
  const isRevoked = ({ key }: ListedKey) => key !== null && key.revokedAt !== null && key.revokedAt <= now;
  const listed = listKeys(question, registry, others);
  const standingsOf = async (some: readonly ListedKey[]) =>
    readStandings(
      store,
      some.map(({ keyId }) => keyId),
      registry,
      now,
      formerIds,
    );
  const hygiene = question.hygiene === "" ? null : await readHygiene(store, question.hygiene, formerIds, now);
  const tidied = hygiene === null ? listed : listed.filter(({ key }) => key !== null && hygiene(key));
  const asked = await inState(tidied, question.state, isRevoked, standingsOf);
  const found = asked === listed && !hasFilters(question) ? finderOf(registry, others) : finderIn(asked);
  const shown = await sortKeys(store, { listed: asked, find: found }, question, formerIds, now, { skipped, most });
  const [standings, usages] = await Promise.all([
    standingsOf(shown),
    readDayUsage(
      store,
      shown.map(({ keyId }) => keyId),
      formerIds,
      now,
    ),
  ]);
  const usagesOf = groupBy(usages, ({ keyId }) => keyId);
  const usageOf = (keyId: string) => (usagesOf.get(keyId) ?? []).toSorted((a, b) => b.requests - a.requests)[0] ?? null;
  const rows = shown.map(({ keyId, key }) => ({
    keyId,
    key,
    state: standings.get(keyId)?.state ?? "no_baseline",
    isRevoked: isRevoked({ keyId, key }),
    usage: usageOf(keyId),
  }));
  return { rows, total: asked.length };
}

const hasFilters = (question: KeyListQuestion) => KEY_FILTERS.some((name) => question[name] !== "");

/** Keys that were used and that nobody registered: nothing is known of them that could be asked for. */
async function readOthers(store: Pick<Store, "registry">, question: KeyListQuestion): Promise<readonly ListedKey[]> {
  if (question.hygiene !== "" || hasFilters(question)) return [];
  const others = await store.registry.readUnregisteredKeys(MOST_UNREGISTERED);
  return others.map(({ keyId }) => ({ keyId, key: null }));
}

/** Every registered key, listed once for each registry. */
const registered = new WeakMap<Registry, readonly (ListedKey & { readonly key: KeyVersion })[]>();

function listKeys(question: KeyListQuestion, registry: Registry, others: readonly ListedKey[]): readonly ListedKey[] {
  const all =
    registered.get(registry) ??
    [...registry.values()].filter(({ keyId }) => keyId !== "*").map((key) => ({ keyId: key.keyId, key }));
  registered.set(registry, all);
  if (!hasFilters(question)) return [...all, ...others];
  return all.filter(({ key }) => KEY_FILTERS.every((name) => question[name] === "" || key[name] === question[name]));
}

function finderOf(registry: Registry, others: readonly ListedKey[]): AskedKeys["find"] {
  const found = finderIn(others);
  return (keyId) => {
    const key = keyId === "*" ? undefined : registry.get(keyId);
    return key === undefined ? found(keyId) : { keyId, key };
  };
}

function finderIn(listed: readonly ListedKey[]): AskedKeys["find"] {
  // Most lists are sorted by what the registry says, and nobody looks for a key in them.
  let byId: ReadonlyMap<string, ListedKey> | undefined;
  return (keyId) => (byId ??= new Map(listed.map((one) => [one.keyId, one]))).get(keyId);
}

async function inState(
  listed: readonly ListedKey[],
  state: KeyListQuestion["state"],
  isRevoked: (one: ListedKey) => boolean,
  standingsOf: (some: readonly ListedKey[]) => ReturnType<typeof readStandings>,
): Promise<readonly ListedKey[]> {
  if (state === "") return listed;
  if (state === "revoked") return listed.filter(isRevoked);
  const standings = await standingsOf(listed);
  return listed.filter(({ keyId }) => standings.get(keyId)?.state === state);
}
