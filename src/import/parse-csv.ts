import { CsvError, parse, type InfoRecord } from "csv-parse/sync";

/** One record of a CSV text and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** After RFC 4180, with a mark of byte order and whichever line breaks, also mixed; a record may have other numbers of cells than its header. */
export const CSV_RULES = { bom: true, record_delimiter: ["\r\n", "\n", "\r"], relax_column_count: true };

/** Reads CSV; empty lines are skipped. What breaks its rules gives the line of the record that does. */
export function parseCsv(text: string): readonly CsvRecord[] | { readonly brokenLine: number } {
  const bytes = Buffer.from(text);
  const records: CsvRecord[] = [];
  let [line, readBytes] = [1, 0];
  const take = (cells: string[], info: InfoRecord): null => {
    if (cells.some((cell) => cell.trim() !== "")) records.push({ line, cells });
    // The parser's own count takes a \r\n inside quotes for two lines.
    line += bytes.toString("latin1", readBytes, info.bytes).split(/\r\n|\n|\r/).length - 1;
    readBytes = info.bytes;
    return null;
  };
  try {
    parse(bytes, { ...CSV_RULES, on_record: take });
  } catch (error) {
    // Its message quotes the file.
    if (error instanceof CsvError) return { brokenLine: line };
    throw error;
  }
  return records;
}
