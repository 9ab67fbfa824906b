import { stat } from "node:fs/promises";
import type { ReadTotals } from "../import/import-report.js";
import { readPortions, type Reader } from "../import/read-portions.js";
import type { TextReader } from "../import/read-as.js";
import { readText } from "../import/read-text.js";
import { RouteCap } from "../import/record/cap-routes.js";
import type { WireEvent } from "../import/wire-event.js";
import { openProgress } from "./open-progress.js";

/** The events of all files, in the order of time, each request once; what was no event is counted in `totals`. */
export async function readFiles(
  files: readonly string[],
  text: TextReader,
  byPrincipal: boolean,
  totals: ReadTotals,
): Promise<readonly WireEvent[]> {
  const progress = openProgress("reading", await sizeOf(files));
  let read = 0;
  const onRead = (bytes: number) => progress.at((read += bytes));
  const reader: Reader = (file, hear) => text(file, readText(file, hear));
  let events: readonly WireEvent[] = [];
  // All of them are one portion: the order is that of all files.
  const onEmpty = (file: string) => totals.empty.push(file);
  for await (const portion of readPortions(files, { reader, byPrincipal, most: Infinity, onRead, onEmpty }, totals))
    events = portion;
  progress.end();
  return events;
}

/** Bytes of all files; standard input counts none. */
export async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (file === "-" ? 0 : (await stat(file)).size)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The same with few routes for each key, which are counted in `totals`. */
export function withFewRoutes(events: readonly WireEvent[], totals: ReadTotals): readonly WireEvent[] {
  const cap = new RouteCap();
  const few = events.map((event) => cap.apply(event));
  totals.cappedRoutes = cap.capped;
  return few;
}
