import { parseCsvLog } from "../parse-csv-log.js";
import { readJsonPieces, type JsonPiece } from "../read-json-pieces.js";
import { NoTextFile } from "../read-text.js";
import type { ImportedRecord } from "../wire-event.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "./log-format.js";

/** Longer than what any proxy writes of a request. */
const LONGEST_LINE = 64 * 1024;

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
    if (format.records === "lines" || (format.records === "both" && !isJson)) {
      for await (const lines of linesOf(whole)) {
        for (const line of lines) {
          record += 1;
          if (line.length > LONGEST_LINE) yield { rejected: "line_too_long", from: { file, record } };
          else if (!isBlank(line)) yield { ...parseLine(format, trimmed(line), options), from: { file, record } };
        }
      }
      return;
    }
    const values: AsyncGenerator<JsonPiece> = format.records === "csv" ? parseCsvLog(whole) : readJsonPieces(whole);
    for await (const piece of values) {
      if ("problem" in piece) yield { rejected: piece.problem, from: { file, record: ++record } };
      else {
        for (const one of recordsOf(format, piece.value)) {
          yield { ...format.parse(one, options), from: { file, record: ++record } };
        }
      }
    }
  } catch (error) {
    yield {
      rejected: error instanceof NoTextFile ? error.reason : "unreadable_file",
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

/** Programs in containers write a few words of their own before their log. */
function parseLine(format: LogFormat, line: string, options: ParseOptions): ParsedRecord {
  if (format.records !== "both" || line.charCodeAt(0) !== 123) return format.parse(line, options);
  try {
    return format.parse(JSON.parse(line), options);
  } catch {
    return { rejected: "not_json" };
  }
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
