import { keyFields } from "../model/key/key-schema.js";
import { nearestName } from "../text/nearest-name.js";
import { parseCsv, type CsvRecord } from "./parse-csv.js";

/** One entry of a registry file, not yet checked, and where it stands: `line 3`, or `entry 3` of a JSON array. */
export interface KeyFileEntry {
  readonly at: string;
  readonly entry: unknown;
}

/** A file that cannot be read as entries at all; the sentences never repeat its text, which may hold raw keys. */
export interface BrokenKeyFile {
  readonly problems: readonly string[];
}

const LISTS = new Set(["fingerprints", "holders", "allowed_cidrs", "scopes"]);
const NUMBERS = new Set(["limit_per_minute", "monthly_budget_usd"]);

/** Reads a JSON array, or CSV with a header of the same field names, told apart by the first sign. */
export function readKeyEntries(text: string): readonly KeyFileEntry[] | BrokenKeyFile {
  const bare = text.replace(/^\u{feff}/u, "");
  return /^\s*[[{]/.test(bare) ? fromJson(bare) : fromCsv(bare);
}

function fromJson(text: string): readonly KeyFileEntry[] | BrokenKeyFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the file.
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    return {
      problems: [
        `the file is not valid JSON: ${placeOf(text, position === undefined ? text.length : Number(position))}`,
      ],
    };
  }
  if (!Array.isArray(value)) return { problems: ["the file must be a JSON array of entries: [ {…}, {…} ]"] };
  return value.map((entry: unknown, index) => ({ at: `entry ${index + 1}`, entry }));
}

/** Where a text breaks off or goes wrong, by its line. */
function placeOf(text: string, position: number): string {
  const end = text.trimEnd().length;
  const line = text.slice(0, Math.min(position, end)).split("\n").length;
  return position >= end ? `it ends too early, in line ${line}` : `see line ${line}`;
}

function fromCsv(text: string): readonly KeyFileEntry[] | BrokenKeyFile {
  const records = parseCsv(text);
  if ("brokenLine" in records) {
    return {
      problems: [`line ${records.brokenLine}: a quote is not closed, or text follows one: write "a ""b"" c"`],
    };
  }
  const [header, ...rows] = records;
  if (header === undefined) return { problems: ["the file is empty"] };
  const names = header.cells.map((cell) => cell.trim());
  const problems = headerProblems(names);
  if (problems.length > 0) return { problems };
  return rows.map((row) => ({ at: `line ${row.line}`, entry: toEntry(names, row) }));
}

function headerProblems(names: readonly string[]): string[] {
  const unknown = names.flatMap((name, index) => {
    if (keyFields.includes(name)) return [];
    const meant = nearestName(name, keyFields);
    return [meant === null ? `${index + 1}` : `${index + 1} (did you mean ${meant}?)`];
  });
  // By position: without a header line, the first line may hold raw keys.
  if (unknown.length > 0) {
    return [
      `line 1: column ${unknown.join(", ")} of the header is not a field of the registry; its fields are ${keyFields.join(", ")}`,
    ];
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? [] : [`line 1: the header names ${twice} twice`];
}

function toEntry(names: readonly string[], row: CsvRecord): Record<string, unknown> | string {
  if (row.cells.length > names.length) return "more cells than the header has";
  const given = names.map((name, index) => [name, row.cells[index]?.trim() ?? ""] as const);
  return Object.fromEntries(
    given.filter(([, cell]) => cell !== "").map(([name, cell]) => [name, fromCell(name, cell)]),
  );
}

/** Lists are parted by `;` where there is one, else by spaces: `Ann Lee; Bo` is two people. Prices are `route=usd` parted by `;`. */
function fromCell(name: string, cell: string): unknown {
  if (LISTS.has(name)) {
    const parts = cell.includes(";") ? cell.split(";") : cell.split(/\s+/);
    return parts.map((part) => part.trim()).filter((part) => part !== "");
  }
  if (NUMBERS.has(name)) return toNumber(cell);
  if (name === "rules" || (name === "prices" && cell.startsWith("{"))) return tryJson(cell);
  if (name !== "prices") return cell;
  const pairs = cell.split(";").map((pair) => pair.trim());
  return Object.fromEntries(pairs.filter((pair) => pair !== "").map(toPrice));
}

function toPrice(pair: string): readonly [string, unknown] {
  const sign = pair.lastIndexOf("=");
  return sign < 0 ? [pair, null] : [pair.slice(0, sign).trim(), toNumber(pair.slice(sign + 1).trim())];
}

/** What is no number stays text, so that the check names the field. */
function toNumber(cell: string): number | string {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? Number(cell) : cell;
}

function tryJson(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
