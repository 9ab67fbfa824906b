import type { Config } from "../config.js";
import { groupBy } from "../model/group-by.js";
import type { KeyVersion } from "../model/key/key.js";
import { countedText } from "../text/amounts.js";
import { warn, type Diagnosis } from "./diagnosis.js";

export type GuardedKey = Pick<KeyVersion, "keyId" | "guard" | "guardRef">;

/** Keys that are named of those that a rule would hit together. */
const NAMED = 5;

/**
 * Keys that cannot be contained alone: their guard tells requests by guard_ref, and theirs is another key's as well, or a part of it. `others`: keys that
 * are asked about only as such.
 */
export function judgeSharedRefs(
  keys: readonly GuardedKey[],
  others: readonly GuardedKey[],
  { PLIMSOLL_GUARDS: guards }: Pick<Config, "PLIMSOLL_GUARDS">,
): readonly Diagnosis[] {
  const all = groupBy([...keys, ...others], ({ guard }) => guard);
  return [...groupBy(keys, ({ guard }) => guard)].flatMap(([name, own]) => {
    const match = guards.get(name)?.match ?? null;
    if (match === null) return [];
    const hits = hitsAmong(all.get(name) ?? [], match === "contains");
    const shared = own.flatMap((key) => {
      const hit = hits.get(key.keyId);
      return hit === undefined ? [] : [`${key.keyId} with ${hit}`];
    });
    if (shared.length === 0) return [];
    const pairs = `${shared.slice(0, NAMED).join(", ")}${shared.length > NAMED ? `, and ${shared.length - NAMED} more` : ""}`;
    const found = `${countedText(shared.length, "key")} cannot be contained alone (${pairs}): guard_ref is that of another key, or a part of it, so that the rule would hit that key, too`;
    return [warn(`guard ${name}`, found, "give each key a guard_ref that is in no other key's")];
  });
}

/** By key, another that a rule of it would hit. */
function hitsAmong(keys: readonly GuardedKey[], isPart: boolean): ReadonlyMap<string, string> {
  const byRef = groupBy(keys, (key) => refOf(key));
  const lengths = [...new Set([...byRef.keys()].map(({ length }) => length))];
  const hits = new Map<string, string>();
  for (const [ref, own] of byRef) {
    const ids = [...new Set(own.map(({ keyId }) => keyId))];
    if (ids.length > 1)
      for (const id of ids)
        hits.set(
          id,
          ids.find((one) => one !== id)!,
        );
    if (!isPart) continue;
    // By the lengths that there are: of thousands of keys each is looked at a few times, and not once for each other.
    for (const length of lengths.filter((one) => one < ref.length)) {
      for (let at = 0; at + length <= ref.length; at += 1) {
        for (const { keyId } of byRef.get(ref.slice(at, at + length)) ?? []) {
          const other = ids.find((one) => one !== keyId);
          if (other !== undefined && !hits.has(keyId)) hits.set(keyId, other);
        }
      }
    }
  }
  return hits;
}

function refOf({ keyId, guardRef }: GuardedKey): string {
  return guardRef || keyId;
}
