import type { Store } from "../../../store/store.js";
import { DAY_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import type { CheckCache } from "./check-cache.js";
import type { ObservedLog } from "./observed-log.js";

/** Keys are compared with what their provider reports if it reported so lately. */
const REPORTED_MS = 3 * DAY_MS;

/** Keys whose provider reported lately, before the last tick of a span or a later one of its reach. */
export async function readReported(
  { store, memory }: { readonly store: Store; readonly memory: CheckCache },
  { hour, ticks }: TickSpan,
  { observed, watched }: { readonly observed: ObservedLog; readonly watched: WatchedKeys },
  rawAsOf: number | null,
): Promise<readonly string[]> {
  const from = memory.readFrom(hour) - REPORTED_MS;
  const until = memory.readUntil(hour, ticks.at(-1) ?? hour);
  const read = async () => store.check.readReportedKeys({ from, until }, watched.keys, rawAsOf);
  if (rawAsOf !== null) return read();
  const { text, settled } = observed.stamp(0, until);
  return memory.reported.recall("", { stamp: `${from} ${until} ${text} ${watched.stamp}`, keep: settled }, read);
}
