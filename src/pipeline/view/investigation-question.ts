import { versionIn, type KeyVersion } from "../../model/key/key.js";
import type { Store } from "../../store/store.js";
import { DAY_MS } from "../../time/day.js";
import { readInvestigation, type Investigation } from "./investigation.js";

/** How far back findings are looked for. */
const LOOK_BACK_MS = 30 * DAY_MS;

/** The investigation of a key, by its present or a former id, from a day before the onset of its newest leak, or else of the last day, up to an instant (epoch ms); null when nothing is known of it. */
export async function newestInvestigation(
  store: Store,
  name: string,
  named: KeyVersion | null,
  to: number,
  from?: number,
): Promise<Investigation | null> {
  const keyId = await store.registry.readPresentId(name);
  const key = keyId === name ? named : versionIn(await store.registry.readKeys(to, await store.readClock()), keyId);
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const found = await store.view.readFoundCauses({ keyIds, from: from ?? to - LOOK_BACK_MS, to: to + 1 });
  const onset = found.find(({ cause }) => cause === "leak")?.onset ?? found[0]?.onset ?? null;
  const start = from ?? (onset ?? to) - DAY_MS;
  const investigation = await readInvestigation(store, {
    keyId,
    key,
    from: start,
    to,
    onset: onset === null ? null : Math.max(onset, start),
  });
  const { sources, phases } = investigation;
  const isUnknown =
    key === null && sources.length === 0 && investigation.found.length === 0 && phases.before.requests === 0;
  return isUnknown ? null : investigation;
}
