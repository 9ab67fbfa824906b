import { vouchedNetworks, WORDS_COUNT_MS } from "../../model/incident/benign-word.js";
import { holdingAt, isAboutLeakOf } from "../../model/incident/suppression.js";
import { parsePrefix } from "../../model/network/address.js";
import type { Store } from "../../store/store.js";
import type { FamiliarWord } from "./place-sources.js";

/** What people called benign of a key and of those that it succeeds until an instant (epoch ms), and what of the key was said to be expected then. */
export async function readFamiliarWords(
  store: Store,
  keyId: string,
  succeeded: readonly string[],
  at: number,
): Promise<FamiliarWord[]> {
  const [words, suppressions] = await Promise.all([
    store.check.readBenignWords({ since: at - WORDS_COUNT_MS, until: at }),
    store.incident.readSuppressionRevisions(at),
  ]);
  const own = new Set([keyId, ...succeeded]);
  const benign = words
    .filter((word) => own.has(word.keyId))
    .map((word) => ({ networks: vouchedNetworks(word), saidBy: word.saidBy, saidAt: word.saidAt, until: null }));
  const expected = holdingAt(suppressions, at)
    .filter(isAboutLeakOf(keyId))
    .map(({ networks, actor, recordedAt, statedUntil }) => ({
      networks: networks.flatMap((network) => parsePrefix(network) ?? []),
      saidBy: actor,
      saidAt: recordedAt,
      until: statedUntil,
    }));
  return [...benign, ...expected];
}
