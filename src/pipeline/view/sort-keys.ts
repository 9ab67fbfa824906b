import type { KeyVersion } from "../../model/key/key.js";
import { withFormerIds, type FormerIds } from "../../model/key/former-ids.js";
import { firstOf } from "../../model/first-of.js";
import type { KeyFigure } from "../../store/view/key-figures.js";
import type { ViewStore } from "../../store/view/view-store.js";

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
/** In which order keys are asked for. */
export interface KeyOrder {
  readonly sort: KeySort;
  readonly isDescending: boolean;
}

/** A key before its state and usage are read. */
export interface ListedKey {
  readonly keyId: string;
  /** Null where nobody registered it. */
  readonly key: KeyVersion | null;
}

/** Keys that are asked for, and one of them by its id. */
export interface AskedKeys {
  readonly listed: readonly ListedKey[];
  readonly find: (keyId: string) => ListedKey | undefined;
}

/** Of so few keys the figures are asked for by name. */
const MOST_NAMED = 2000;
/** More keys than there are. */
const ALL_KEYS = 1_000_000;
const NO_FIGURES: ReadonlyMap<string, number> = new Map();

/** Keys in the order that is asked for: `most` of them, after the first `skipped`. Figures are those of the 24 hours before an instant (epoch ms). */
export async function sortKeys(
  store: { readonly view: Pick<ViewStore, "readKeyFigures"> },
  asked: AskedKeys,
  { sort, isDescending }: KeyOrder,
  formerIds: FormerIds,
  now: number,
  { skipped, most }: { readonly skipped: number; readonly most: number },
): Promise<readonly ListedKey[]> {
  const wanted = { by: sort, isDescending, most: skipped + most };
  const figures = isFigure(sort)
    ? await readFigures(store, asked, { ...wanted, by: sort }, formerIds, now)
    : NO_FIGURES;
  const compare = inOrder(sort, isDescending, figures);
  if (isFigure(sort) && isDescending && figures.size < asked.listed.length) {
    // Where enough of them were used, none of the others is shown.
    const used = [...figures.keys()].flatMap((keyId) => asked.find(keyId) ?? []);
    if (used.length >= skipped + most) return firstOf(used, skipped + most, compare).slice(skipped);
  }
  return firstOf(asked.listed, skipped + most, compare).slice(skipped);
}

/** Enough figures to tell which keys come first: of the highest ones as many as are shown, of the lowest ones all. */
async function readFigures(
  store: { readonly view: Pick<ViewStore, "readKeyFigures"> },
  { listed, find }: AskedKeys,
  { by, isDescending, most }: { readonly by: KeyFigure; readonly isDescending: boolean; readonly most: number },
  formerIds: FormerIds,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  if (listed.length <= MOST_NAMED) {
    const keyIds = withFormerIds(
      formerIds,
      listed.map(({ keyId }) => keyId),
    );
    if (keyIds.length === 0) return NO_FIGURES;
    return store.view.readKeyFigures(now, { by, keyIds, formerIds, most: ALL_KEYS });
  }
  for (let least = isDescending ? 2 * most : ALL_KEYS; ; least = Math.min(ALL_KEYS, least * 8)) {
    const figures = await store.view.readKeyFigures(now, { by, keyIds: "all", formerIds, most: least });
    // Keys that are not asked for may be among them.
    let found = 0;
    for (const keyId of figures.keys()) found += Number(find(keyId) !== undefined);
    if (found >= most || figures.size < least || least === ALL_KEYS) return figures;
  }
}

const isFigure = (sort: KeySort): sort is KeyFigure => sort === "requests" || sort === "spend" || sort === "refused";

/** Whatever the direction, keys of one value are in the order of their ids. */
function inOrder(sort: KeySort, isDescending: boolean, figures: ReadonlyMap<string, number>) {
  const order = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  const valueOf = ({ keyId, key }: ListedKey): string | number => {
    if (isFigure(sort)) return figures.get(keyId) ?? 0;
    if (sort === "limit") return key?.limitPerMinute ?? -1;
    return sort === "key" ? keyId : (key?.[sort] ?? "");
  };
  const direction = isDescending ? -1 : 1;
  return (a: ListedKey, b: ListedKey) => direction * order(valueOf(a), valueOf(b)) || order(a.keyId, b.keyId);
}
