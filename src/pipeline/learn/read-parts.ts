import { readAhead } from "../../flow/read-ahead.js";
import type { KeptTraffic } from "./kept-traffic.js";
import type { OpenLearning } from "./open-learning.js";
import { readDayOfKeys, type DayOfKeys } from "./read-day-of-keys.js";
import { readTraffic, type Part, type TrafficOfKeys } from "./read-traffic.js";

/** The traffic of so many parts is read at once, and as much that comes next: some 5 kB a key. */
const PARTS_AT_ONCE = 4;

/** The part of the keys that was read last, and the traffic of the others, for as long as it is needed. */
export interface Kept {
  readonly traffic: KeptTraffic;
  last: { readonly part: Part; readonly read: DayOfKeys } | null;
}

/** Reads part after part of the keys, each while the one before it is worked on; what was kept is not read again. */
export async function* readParts(
  open: OpenLearning,
  parts: readonly Part[],
  kept: Kept,
): AsyncGenerator<{ readonly part: Part; readonly read: DayOfKeys }, void, undefined> {
  const stretches = parts.flatMap((_, i) => (i % PARTS_AT_ONCE === 0 ? [parts.slice(i, i + PARTS_AT_ONCE)] : []));
  const trafficOf = async (stretch: readonly Part[]) => readUnkept(open, stretch, kept);
  for await (const { part: stretch, read: traffic } of readAhead(stretches, trafficOf)) {
    const dayOf = async (part: Part) =>
      kept.last?.part === part ? kept.last.read : readDayOfKeys(open, part, traffic.get(part)!);
    yield* readAhead(stretch, dayOf);
  }
}

/** The traffic of some parts: as it was kept, else as it is on file. */
async function readUnkept(open: OpenLearning, parts: readonly Part[], kept: Kept) {
  const known = new Map<Part, TrafficOfKeys>();
  for (const part of parts) {
    const traffic = kept.last?.part === part ? kept.last.read.traffic : kept.traffic.take(part);
    if (traffic !== null) known.set(part, traffic);
  }
  const unknown = parts.filter((part) => !known.has(part));
  return unknown.length === 0 ? known : new Map([...known, ...(await readTraffic(open, unknown))]);
}
