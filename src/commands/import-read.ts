import { stat } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import type { ReadTotals } from "../import/import-report.js";
import { joinRequests, type FoundEvent } from "../import/join-requests.js";
import { orderEvents } from "../import/order-events.js";
import { capRoutes } from "../import/record/cap-routes.js";
import type { WireEvent } from "../import/wire-event.js";
import type { Reader } from "./import-reader.js";

/** The events of all files, in the order of time, each request once; what was no event is counted in `totals`. */
export async function readFiles(
  files: readonly string[],
  reader: Reader,
  byPrincipal: boolean,
  totals: ReadTotals,
): Promise<readonly WireEvent[]> {
  const found: FoundEvent[] = [];
  const sizes = await Promise.all(files.map(async (file) => (file === "-" ? 0 : (await stat(file)).size)));
  const progress = openProgress(
    "reading",
    sizes.reduce((sum, size) => sum + size, 0),
  );
  for (const file of files) {
    for await (const record of reader(file, (bytes) => progress?.increment(bytes))) {
      totals.read += 1;
      if ("event" in record) found.push(byPrincipal ? { ...record, event: namedByPrincipal(record.event) } : record);
      else {
        totals.rejected.set(record.rejected, (totals.rejected.get(record.rejected) ?? 0) + 1);
        if (!totals.examples.has(record.rejected)) totals.examples.set(record.rejected, record.from);
      }
    }
  }
  progress?.stop();
  const joined = joinRequests(found);
  const { events, repeated } = orderEvents(joined.events);
  if (repeated + joined.repeated > 0) totals.rejected.set("repeated_event", repeated + joined.repeated);
  return events;
}

/** The same with few routes for each key, which are counted in `totals`. */
export function withFewRoutes(events: readonly WireEvent[], totals: ReadTotals): readonly WireEvent[] {
  const few = capRoutes(events);
  totals.cappedRoutes = few.capped;
  return few.events;
}

function namedByPrincipal(event: WireEvent): WireEvent {
  const { principal, key: _, ...rest } = event;
  return principal === undefined ? event : { ...rest, key_id: principal, principal };
}

/** On standard error, and only for somebody who looks at it. */
export function openProgress(title: string, total: number): SingleBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  const bar = new SingleBar({
    format: `${title} {bar} {value}/{total}`,
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return bar;
}
