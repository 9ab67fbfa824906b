import { type CsvError, parse } from "csv-parse/sync";
import { CsvRowCutter, type CsvRows } from "./csv-rows.js";
import { CSV_RULES } from "./parse-csv.js";
import type { JsonPiece } from "./read-json-pieces.js";

type Row = readonly string[] | CsvError;

/**
 * Rows of a CSV export that comes in pieces, as objects under the names of its header; empty cells and `null` are absent. A broken quote costs its row.
 * A row with more cells than the header is none: a comma in a cell without quotes moves all behind it.
 * @throws what the pieces throw, after all whole rows before it
 */
export async function* parseCsvLog(pieces: AsyncIterable<string>): AsyncGenerator<readonly JsonPiece[]> {
  const cutter = new CsvRowCutter(isRow);
  let header: readonly string[] | undefined;
  const piecesOf = (found: CsvRows): readonly JsonPiece[] => {
    if ("problem" in found) return [found];
    return wholeRowsOf(found).flatMap((row): readonly JsonPiece[] => {
      if (!isCells(row)) return [{ problem: "not_json" }];
      if (row.every((cell) => cell === "")) return [];
      if (header !== undefined) return [toPiece(header, row)];
      header = row.map((name) => name.trim());
      return [];
    });
  };
  for await (const piece of pieces) {
    for (const found of cutter.push(piece)) yield piecesOf(found);
  }
  for (const found of cutter.end()) yield piecesOf(found);
}

/** The rows of whole lines: where one is broken, each by itself, so that it takes none of the next. */
function wholeRowsOf({ rows, isOne }: Extract<CsvRows, { readonly rows: string }>): readonly Row[] {
  const all = rowsOf(rows);
  return isOne || all.every(isCells) ? all : rows.split(/\r\n|\n|\r/).flatMap((line) => rowsOf(line).slice(0, 1));
}

/** All rows of a text, and the error where one is broken. */
function rowsOf(text: string): readonly Row[] {
  const rows: Row[] = [];
  let broken = -1;
  parse(text, {
    ...CSV_RULES,
    skip_records_with_error: true,
    on_record: (cells: string[]) => {
      rows.push(cells);
      return null;
    },
    on_skip: (error) => {
      // Once for each cell, whatever else is broken in it.
      const begin = (error as { bytes?: number } | undefined)?.bytes ?? 0;
      if (error !== undefined && begin !== broken) rows.push(error);
      broken = begin;
      return undefined;
    },
  });
  return rows;
}

function isRow(text: string): boolean {
  const rows = rowsOf(text);
  return rows.length === 1 && isCells(rows[0]!);
}

function isCells(row: Row): row is readonly string[] {
  return Array.isArray(row);
}

function toPiece(header: readonly string[], cells: readonly string[]): JsonPiece {
  // Some exports end each line in a comma, that of the header as well.
  const named = header.findLastIndex((name) => name !== "") + 1;
  if (cells.slice(named).some((cell) => cell.trim() !== "")) return { problem: "too_many_cells" };
  const given = header.map((name, at) => [name, cells[at] ?? ""] as const);
  return { value: Object.fromEntries(given.filter(([, cell]) => cell !== "" && cell !== "null")) };
}
