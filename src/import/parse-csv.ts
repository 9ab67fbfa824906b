/** One record of a CSV text and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/** Reads CSV after RFC 4180; empty lines are skipped. What breaks its rules gives the line of the record that does. */
export function parseCsv(text: string): readonly CsvRecord[] | { readonly brokenLine: number } {
  const records: CsvRecord[] = [];
  let line = 1;
  let begins = 1;
  let cells: string[] = [];
  CELL.lastIndex = text.startsWith("\u{feff}") ? 1 : 0;
  while (CELL.lastIndex < text.length || cells.length > 0) {
    const match = CELL.exec(text);
    if (match === null) return { brokenLine: begins };
    const [whole, quoted, plain, end] = match;
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end === ",") continue;
    if (cells.some((cell) => cell.trim() !== "")) records.push({ line: begins, cells });
    cells = [];
    begins = line;
  }
  return records;
}
