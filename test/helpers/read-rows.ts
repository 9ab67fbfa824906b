import { REQUEST_COLUMNS, type RequestBlock } from "../../src/store/request-block.js";

export type Row = Record<(typeof REQUEST_COLUMNS)[number], string>;

const UNESCAPED: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "0": "\0" };

/** The rows of blocks, read as ClickHouse reads TabSeparated. */
export function readRows(blocks: readonly RequestBlock[]): Row[] {
  return blocks.flatMap((block) => {
    const lines = block.data.split("\n");
    if (lines.pop() !== "") throw new Error("the last row has no line end");
    if (lines.length !== block.rows) throw new Error(`${lines.length} lines for ${block.rows} rows`);
    return lines.map((line) => {
      const fields = line.split("\t");
      if (fields.length !== REQUEST_COLUMNS.length) throw new Error(`${fields.length} fields: ${line}`);
      return Object.fromEntries(REQUEST_COLUMNS.map((name, index) => [name, unescape(fields[index] ?? "")])) as Row;
    });
  });
}

function unescape(field: string): string {
  return field.replaceAll(/\\(.)/gs, (_, escaped: string) => UNESCAPED[escaped] ?? escaped);
}
