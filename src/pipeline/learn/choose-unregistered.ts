import type { UnregisteredUse } from "../../store/check/unregistered-keys.js";

/**
 * Which of the keys that nobody registered are judged and learned, given one more than `cap` of them, those that were served most first:
 * all when there is room; else only keys that were served, since failed attempts take no key's place.
 */
export function chooseUnregistered(found: readonly UnregisteredUse[], cap: number): string[] {
  const chosen = found.length <= cap ? found : found.slice(0, cap).filter(({ served }) => served > 0);
  return chosen.map(({ keyId }) => keyId);
}
