import { parseCsvLog } from "../parse-csv-log.js";
import { readJsonPieces, type JsonPiece } from "../read-json-pieces.js";
import { unreadFor } from "../read-text.js";
import type { ImportedRecord } from "../wire-event.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "./log-format.js";
import { parsedJson } from "./parsed-json.js";
import { isControlMessage, wrappedLines } from "./wrapped-lines.js";

/** Longer than what any proxy writes of a request. */
export const LONGEST_LINE = 64 * 1024;
/** What an object of JSON begins with. */
const OPEN = 123;

/**
 * The events of one file in a format, in its order, from its text in pieces. Of lines the number of a record is that of its line, counted from 1.
 * A record that is none costs only itself; a file that breaks off ends in one rejected record, and what stood before it is kept.
 */
export async function* readLog(
  format: LogFormat,
  options: ParseOptions,
  file: string,
  pieces: AsyncGenerator<string>,
): AsyncGenerator<ImportedRecord> {
  let record = 0;
  try {
    const { isJson, whole } = await beginOf(pieces);
    if (!isJson && (format.records === "lines" || format.records === "both")) {
      for await (const lines of linesOf(whole)) {
        for (const line of lines) {
          record += 1;
          if (line.length > LONGEST_LINE) yield { rejected: "line_too_long", from: { file, record } };
          else if (line.charCodeAt(0) === OPEN) {
            for (const parsed of parseJsonLine(format, line, options)) yield { ...parsed, from: { file, record } };
          } else if (!isBlank(line)) yield { ...format.parse(trimmed(line), options), from: { file, record } };
        }
      }
      return;
    }
    const values = format.records === "csv" ? parseCsvLog(whole) : readJsonPieces(whole);
    for await (const some of values) {
      for (const piece of some) {
        for (const parsed of parsePiece(format, piece, options)) yield { ...parsed, from: { file, record: ++record } };
      }
    }
  } catch (error) {
    yield {
      rejected: unreadFor(error),
      from: { file, record: record + 1 },
    };
  }
}

/** The lines of a text, those of a piece at once: to wait for each took as long as to read it. Of one without an end no more is held than shows that. */
async function* linesOf(pieces: AsyncGenerator<string>): AsyncGenerator<readonly string[]> {
  let open = "";
  for await (const piece of pieces) {
    const lines = piece.split("\n");
    lines[0] = open + lines[0]!;
    open = lines.pop()!.slice(0, LONGEST_LINE + 1);
    yield lines;
  }
  yield [open];
}

/** The records of a whole value of JSON. */
function parsePiece(format: LogFormat, piece: JsonPiece, options: ParseOptions): Iterable<ParsedRecord> {
  if ("problem" in piece) return [{ rejected: piece.problem }];
  const { value } = piece;
  if (format.unwrap !== undefined || Array.isArray(value)) return parseMany(format, value, options);
  const parsed = format.parse(value, options);
  return isForeign(parsed) ? unwrapped(format, value, parsed, options) : [parsed];
}

function* parseMany(format: LogFormat, value: unknown, options: ParseOptions): Generator<ParsedRecord> {
  for (const one of recordsOf(format, value)) {
    const parsed = format.parse(one, options);
    if (isForeign(parsed)) yield* unwrapped(format, one, parsed, options);
    else yield parsed;
  }
}

/** A line of JSON: programs in containers write a few words of their own before their log, as plain lines or wrapped like all of it. */
function parseJsonLine(format: LogFormat, line: string, options: ParseOptions): Iterable<ParsedRecord> {
  const value = parsedJson(line);
  if (value === undefined) return [format.records === "both" ? { rejected: "not_json" } : format.parse(line, options)];
  const parsed = format.parse(value, options);
  return isForeign(parsed) ? unwrapped(format, value, parsed, options) : [parsed];
}

/** What a value that is none of the format carries of it, or else itself. */
function* unwrapped(
  format: LogFormat,
  value: unknown,
  parsed: ParsedRecord,
  options: ParseOptions,
): Generator<ParsedRecord> {
  const lines = wrappedLines(value);
  if (isControlMessage(value)) yield { rejected: "control_message" };
  else if (lines.length === 0) yield parsed;
  else for (const line of lines) yield* parseWrapped(format, line.trim(), parsed, options);
}

/** The records of a line that was wrapped; where it is none of the format, what the whole was rejected for. */
function parseWrapped(
  format: LogFormat,
  line: string,
  whole: ParsedRecord,
  options: ParseOptions,
): readonly ParsedRecord[] {
  if (line.length > LONGEST_LINE) return [{ rejected: "line_too_long" }];
  const value = line.charCodeAt(0) === OPEN ? parsedJson(line) : undefined;
  if (value !== undefined) return [...recordsOf(format, value)].map((one) => format.parse(one, options));
  const parsed = format.records === "json" ? whole : format.parse(line, options);
  return [isForeign(parsed) ? whole : parsed];
}

/** Whether a record is none of the format, so that it may hold one that is. */
function isForeign(parsed: ParsedRecord): boolean {
  return "rejected" in parsed && (parsed.rejected === "not_a_record" || parsed.rejected === "not_a_request");
}

function* recordsOf(format: LogFormat, value: unknown): Generator {
  for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (format.unwrap === undefined) yield one;
    else yield* format.unwrap(one);
  }
}

/** Whether the first sign is one that JSON begins with, and all of the pieces. */
async function beginOf(pieces: AsyncGenerator<string>) {
  const first = await pieces.next();
  const begin = first.done === true ? "" : first.value.replace(/^\ufeff/, "");
  const head = begin.trimStart();
  const whole = async function* (): AsyncGenerator<string> {
    yield begin;
    yield* pieces;
  };
  return { isJson: head.startsWith("{") || head.startsWith("["), whole: whole() };
}

function isBlank(line: string): boolean {
  return line === "" || (line.length < 4 && line.trim() === "");
}

/** Lines of Windows end in `\r`. */
function trimmed(line: string): string {
  return line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line;
}
