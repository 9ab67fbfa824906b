import type { KeyState } from "../../model/key/key-state.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { Store } from "../../store/store.js";
import { readDayUsage, type DayUsage } from "./fleet-usage.js";
import { readHygiene, type KeyHygiene } from "./key-hygiene.js";
import { readStandings } from "./key-states.js";
import { sortKeys, type ListedKey } from "./sort-keys.js";

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
/** What keys are sorted by; requests, spend and refused are those of the last 24 hours. */
export const KEY_SORTS = [
  "key",
  "owner",
  "service",
  "provider",
  "environment",
  "limit",
  "requests",
  "spend",
  "refused",
] as const;
export type KeySort = (typeof KEY_SORTS)[number];
/** Texts of the registry that keys are filtered by. */
export const KEY_FILTERS = ["owner", "service", "provider", "environment"] as const;

/** Which keys people ask for; an empty text asks for any. */
export interface KeyListQuestion extends Readonly<Record<(typeof KEY_FILTERS)[number], string>> {
  readonly state: (typeof LISTED_STATES)[number] | "";
  readonly hygiene: KeyHygiene | "";
  readonly sort: KeySort;
  readonly isDescending: boolean;
}

/** One key as a list shows it. */
export interface KeyListRow {
  readonly keyId: string;
  /** Null where nobody registered it. */
  readonly key: KeyVersion | null;
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

/** As many as `keys list` names: whoever calls with made-up keys makes as many as they like. */
const MOST_UNREGISTERED = 1000;

/** Reads keys at an instant (epoch ms), registered or just used: `most` of them, after the first `skipped`. A few queries, whatever their number. */
export async function readKeyList(
  store: Store,
  question: KeyListQuestion,
  now: number,
  { skipped, most }: { readonly skipped: number; readonly most: number },
): Promise<KeyList> {
  const [registry, formerIds] = await Promise.all([
    store.readClock().then((visible) => store.registry.readKeys(now, visible)),
    store.registry.readFormerIds("all"),
  ]);
  const isRevoked = ({ key }: ListedKey) => key !== null && key.revokedAt !== null && key.revokedAt <= now;
  const listed = await readListed(store, question, registry);
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
  const shown = await sortKeys(store, asked, question, formerIds, now, { skipped, most });
  const [standings, usages] = await Promise.all([
    standingsOf(shown),
    readDayUsage(
      store,
      shown.map(({ keyId }) => keyId),
      formerIds,
      now,
    ),
  ]);
  const usageOf = (keyId: string) =>
    usages.filter((one) => one.keyId === keyId).toSorted((a, b) => b.requests - a.requests)[0] ?? null;
  const rows = shown.map(({ keyId, key }) => ({
    keyId,
    key,
    state: standings.get(keyId)?.state ?? "no_baseline",
    isRevoked: isRevoked({ keyId, key }),
    usage: usageOf(keyId),
  }));
  return { rows, total: asked.length };
}

async function readListed(
  store: Store,
  question: KeyListQuestion,
  registry: ReadonlyMap<string, KeyVersion>,
): Promise<ListedKey[]> {
  const isAsked = (key: KeyVersion) =>
    key.keyId !== "*" && KEY_FILTERS.every((name) => question[name] === "" || key[name] === question[name]);
  const registered = [...registry.values()].filter(isAsked).map((key) => ({ keyId: key.keyId, key }));
  // Of what nobody registered nothing is known that could be asked for.
  if (question.hygiene !== "" || KEY_FILTERS.some((name) => question[name] !== "")) return registered;
  const others = await store.registry.readUnregisteredKeys(MOST_UNREGISTERED);
  return [...registered, ...others.map(({ keyId }) => ({ keyId, key: null }))];
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
