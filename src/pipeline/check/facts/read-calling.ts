import type { BenignWord } from "../../../model/incident/benign-word.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS } from "../../../time/day.js";
import { readCallerHistory, type CallerHistory } from "../../learn/read-caller-history.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { CheckCache } from "./check-cache.js";
import type { ObservedLog } from "./observed-log.js";

/** Keys are compared with their callers if any reported one so lately. */
const CALLED_MS = 2 * DAY_MS;

/** What is asked of callers with. */
export interface CallingScene {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly observed: ObservedLog;
  readonly watched: WatchedKeys;
  readonly rawAsOf: number | null;
}

/** Whether a caller reported any key lately, before the last tick of a span or a later one of its reach. */
export async function readIsCalled(of: CallingScene, { hour, ticks }: TickSpan): Promise<boolean> {
  const { store, memory, observed, watched, rawAsOf } = of;
  const from = memory.readFrom(hour) - CALLED_MS;
  const until = memory.readUntil(hour, ticks.at(-1) ?? hour);
  const read = async () => (await store.check.readKeysOfCallers({ from, until }, watched.keys, rawAsOf)).length > 0;
  if (rawAsOf !== null) return read();
  const { text, settled } = observed.stamp(0, until);
  return memory.called.recall("", { stamp: `${from} ${until} ${text} ${watched.stamp}`, keep: settled }, read);
}

/** What callers reported until a day (epoch ms) began, read once a day as long as nothing comes late. */
export async function readCallers(of: CallingScene, day: number, words: readonly BenignWord[]): Promise<CallerHistory> {
  const { store, memory, observed, watched, rawAsOf } = of;
  const read = async () => readCallerHistory(store.check, day, { keys: watched.keys, words, rawAsOf });
  if (rawAsOf !== null) return read();
  const { text, settled } = observed.stamp(0, day);
  const said = words.map(({ keyId, saidAt }) => `${saidAt} ${keyId}`).join();
  return memory.callers.recall("", { stamp: `${day} ${text} ${watched.stamp} ${said}`, keep: settled }, read);
}
