/** Ids that traffic called keys by before they were registered, by the id that they have now; a key without any is not in it. */
export type FormerIds = ReadonlyMap<string, readonly string[]>;

/** Says of any id which one its key has now. */
export function presentIds(formerIds: FormerIds): (keyId: string) => string {
  const present = new Map([...formerIds].flatMap(([keyId, former]) => former.map((one) => [one, keyId] as const)));
  return (keyId) => present.get(keyId) ?? keyId;
}

/** All ids of some keys. */
export function withFormerIds(formerIds: FormerIds, keyIds: readonly string[]): string[] {
  return keyIds.flatMap((keyId) => [keyId, ...(formerIds.get(keyId) ?? [])]);
}
