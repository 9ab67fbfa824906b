import { parseCsv } from "./parse-csv.js";
import type { JsonPiece } from "./read-json-pieces.js";

/** Rows of a CSV export as objects under the names of its header; empty cells and `null` are absent. A broken quote ends it. */
export function* parseCsvLog(text: string): Generator<JsonPiece> {
  const records = parseCsv(text);
  if ("brokenLine" in records) {
    yield { problem: "not_json" };
    return;
  }
  const [header, ...rows] = records;
  for (const { cells } of rows) {
    const pairs = cells.map((cell, at) => [header?.cells[at]?.trim() ?? "", cell] as const);
    yield { value: Object.fromEntries(pairs.filter(([, cell]) => cell !== "" && cell !== "null")) };
  }
}
