import { pipeline } from "node:stream";
import { parse, type CsvError } from "csv-parse";
import { CSV_RULES } from "./parse-csv.js";
import type { JsonPiece } from "./read-json-pieces.js";

const namesOf = (header: string[]) => header.map((name) => name.trim());

function toPiece(row: Readonly<Record<string, string>>): JsonPiece {
  const given = Object.entries(row).filter(([, cell]) => cell !== "" && cell !== "null");
  return { value: Object.fromEntries(given) };
}

/**
 * Rows of a CSV export that comes in pieces, as objects under the names of its header; empty cells and `null` are absent. A broken quote costs its row,
 * and what stands before the next whole cell.
 * @throws what the pieces throw, after all whole rows before it
 */
export async function* parseCsvLog(pieces: AsyncIterable<string>): AsyncGenerator<readonly JsonPiece[]> {
  const parser = parse({
    ...CSV_RULES,
    columns: namesOf,
    skip_records_with_empty_values: true,
    skip_records_with_error: true,
    on_record: toPiece,
  });
  let broken = -1;
  parser.on("skip", ({ bytes: begin }: CsvError) => {
    // Once for each cell, whatever else is broken in it.
    if (begin !== broken) parser.push({ problem: "not_json" } satisfies JsonPiece);
    broken = begin as number;
  });
  let problem: Error | undefined;
  const readable = async function* (): AsyncGenerator<string> {
    try {
      yield* pieces;
    } catch (error) {
      problem = error as Error;
    }
  };
  const rows: AsyncIterable<JsonPiece> = pipeline(readable, parser, () => undefined);
  // One behind: where the text breaks off, so does its last row.
  let last: JsonPiece | undefined;
  for await (const row of rows) {
    if (last !== undefined) yield [last];
    last = row;
  }
  if (problem !== undefined) throw problem;
  if (last !== undefined) yield [last];
}
