import { printable } from "../text/clean-text.js";

/** A column: its title and, for numbers, that it is aligned to the right. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

const GAP = "  ";

/** Rows under titles, in columns as wide as their widest cell. */
export function printTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map((_, at) => oneLine(row[at] ?? ""))),
  ];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.right))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** Names and values under each other; what has no value is left out. */
export function printFields(given: readonly (readonly [name: string, value: string])[]): string {
  const fields = given.filter(([, value]) => value !== "");
  const width = Math.max(0, ...fields.map(([name]) => widthOf(name)));
  return fields.map(([name, value]) => `${pad(name, width)}${GAP}${oneLine(value)}`.trimEnd()).join("\n");
}

/** Text from outside must not steer the terminal that it is printed on. */
export function oneLine(text: string): string {
  return printable(text);
}

function pad(text: string, width: number, right = false): string {
  const space = " ".repeat(width - widthOf(text));
  return right ? space + text : text + space;
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
