import { countBelow } from "../../../model/count-below.js";
import type { Lineages } from "../../../model/key/lineage.js";
import type { ForeignRefusals } from "../../../store/check/foreign-refusals.js";
import type { Store } from "../../../store/store.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { CheckCache } from "./check-cache.js";
import type { ObservedLog } from "./observed-log.js";

/** What decides on refusals besides the minutes of a span. */
interface RefusalScene {
  readonly observed: ObservedLog;
  readonly lineages: Lineages;
  /** What stands for the registry that the lineages are of. */
  readonly registry: string;
}

/**
 * What keys were refused from a day before the hour of a span to its last tick, on routes that had never served them, minute by minute. Within a reach it is
 * read once for all of its hours.
 */
export async function readRefusals(
  { store, memory }: { readonly store: Store; readonly memory: CheckCache },
  { hour, ticks }: TickSpan,
  { observed, lineages, registry }: RefusalScene,
  rawAsOf: number | null,
): Promise<readonly ForeignRefusals[]> {
  const span = { from: hour - DAY_MS, until: ticks.at(-1) ?? hour, stepMs: MINUTE_MS };
  const read = async ({ from, until }: Pick<typeof span, "from" | "until">) =>
    store.check.readForeignRefusals({ ...span, from, until }, { keys: [], lineages }, rawAsOf);
  if (rawAsOf !== null || !memory.isWithinReach(hour)) return read(span);
  const [from, until] = [memory.readFrom(hour) - DAY_MS, memory.readUntil(hour, span.until)];
  const { text, settled } = observed.stamp(0, until);
  const all = await memory.refusals.recall(
    "",
    { stamp: `${from} ${until} ${text} ${registry}`, keep: settled },
    async () => read({ from, until }),
  );
  return all.flatMap((row) => minutesBetween(row, (span.from - from) / MINUTE_MS, (span.until - from) / MINUTE_MS));
}

/** A row's minutes in a part of its span, counted from there; none where it has none. */
function minutesBetween(row: ForeignRefusals, from: number, until: number): ForeignRefusals[] {
  const first = countBelow(row.at, from);
  const end = countBelow(row.at, until);
  if (first === end) return [];
  const at = row.at.slice(first, end).map((minute) => minute - from);
  return [Object.assign({}, row, { at, requests: row.requests.slice(first, end) })];
}
