import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

/** One JSON value of a log file, or the sign that a piece of it was none. */
export type JsonPiece = { readonly value: unknown } | { readonly problem: "not_json" };

/**
 * The JSON values of a file: one a line, or one document over many lines; gzip is told by its first bytes, not by the name.
 * One a line is streamed; a document over many lines is held in memory.
 * @throws the file system's or zlib's error when the file cannot be read to its end.
 */
export async function* readJsonPieces(path: string): AsyncGenerator<JsonPiece> {
  const heldBack: string[] = [];
  let oneALine = false;
  for await (const line of readLines(await openText(path))) {
    if (line.trim() === "") continue;
    const piece = parseJson(line);
    // Only the first line decides: a log of one value a line may have a damaged line further down.
    if (heldBack.length === 0 && "value" in piece) oneALine = true;
    if (oneALine) yield piece;
    else heldBack.push(line);
  }
  if (heldBack.length > 0) yield* parseHeldBack(heldBack);
}

/** Either one document over many lines, or a log whose first line is damaged, or no JSON at all. */
function parseHeldBack(lines: readonly string[]): JsonPiece[] {
  const whole = parseJson(lines.join("\n"));
  if ("value" in whole) return [whole];
  const pieces = lines.map(parseJson);
  // Lone brackets and texts of a cut document parse as well: only whole objects speak for a log of one value a line.
  const someObject = pieces.some((piece) => "value" in piece && isFilledObject(piece.value));
  return someObject ? pieces : [whole];
}

function isFilledObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function parseJson(text: string): JsonPiece {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: "not_json" };
  }
}

async function openText(path: string): Promise<Readable> {
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  await file.close();
  const raw = createReadStream(path);
  const isGzip = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  // The reader of the result gets the error: pipeline passes it on by destroying the last stream with it.
  return isGzip ? pipeline(raw, createGunzip(), () => undefined) : raw;
}

/** readline loses errors of its input; this does not, and takes a file of one 50 MB line without searching it twice. */
async function* readLines(input: Readable): AsyncGenerator<string> {
  let parts: string[] = [];
  input.setEncoding("utf8");
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = chunk.split("\n");
    for (const line of lines.slice(0, -1)) {
      parts.push(line);
      yield withoutMark(parts.join(""));
      parts = [];
    }
    parts.push(lines.at(-1) ?? "");
  }
  yield withoutMark(parts.join(""));
}

function withoutMark(line: string): string {
  return line.startsWith("\uFEFF") ? line.slice(1) : line;
}
