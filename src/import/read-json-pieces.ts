import { JsonCutter, readLines, type CutPiece } from "./json-cutter.js";
import { mendJson } from "./mend-json.js";

/** One JSON object or list of a log, or a row of CSV as such, or the sign that a piece of it was none. */
export type JsonPiece =
  | { readonly value: unknown }
  | { readonly problem: "not_json" | "cut_json" | "open_quote" | "too_many_cells" };

/** Parsed, they take a few times as much as their text. */
const MOST_AT_ONCE = 100;

/**
 * The objects and lists of a text that comes in pieces: one a line, many on a line, or over many lines. One a line is streamed, some at a time, and a damaged
 * line costs only itself; a document over many lines is held in memory. Of one that breaks off the whole records in its list are read. Export tools'
 * instants before each object are passed over.
 * @throws what the pieces throw, after all that is whole before it
 */
export async function* readJsonPieces(pieces: AsyncIterable<string>): AsyncGenerator<readonly JsonPiece[]> {
  const cutter = new JsonCutter();
  let open: string[] = [];
  let hadValues = false;
  const piecesOf = (line: string): readonly JsonPiece[] => {
    const found: JsonPiece[] = [];
    // After whole lines, a new one that is whole by itself shows that what is open was cut off.
    if (open.length > 0 && hadValues && line.startsWith("{") && isFilledObject(parseJson(line))) {
      found.push({ problem: "not_json" });
      cutter.reset();
      open = [];
    }
    const cut = [...cutter.push(line)].flatMap(readPiece);
    if (cut.length > 0) open = [];
    hadValues ||= cut.some((piece) => "value" in piece);
    found.push(...withoutScraps(cut));
    if (cutter.isOpen) open.push(line);
    return found;
  };
  const broken: { problem?: unknown } = {};
  for await (const lines of readLines(untilBroken(pieces, broken))) {
    let some: JsonPiece[] = [];
    for (const line of lines) {
      // A whole object a line is what most logs are: the parser alone finds its end, in half the time.
      const whole = !cutter.isOpen && line.startsWith("{") && line.endsWith("}") ? parseJson(line) : undefined;
      if (whole !== undefined && "value" in whole) {
        hadValues = true;
        some.push(whole);
      } else some.push(...piecesOf(line));
      // What breaks off is told by what broke it.
      if ("problem" in broken) some = some.filter((piece) => "value" in piece);
      if (some.length < MOST_AT_ONCE) continue;
      yield some;
      some = [];
    }
    if (some.length > 0) yield some;
  }
  const last = open.length > 0 ? parseOpen(open) : [];
  if (!("problem" in broken)) {
    if (last.length > 0) yield last;
    return;
  }
  const whole = last.filter((piece) => "value" in piece);
  if (whole.length > 0) yield whole;
  throw broken.problem;
}

/** The pieces up to where they break off: what stands open there is looked at before that is told. */
async function* untilBroken(pieces: AsyncIterable<string>, broken: { problem?: unknown }): AsyncGenerator<string> {
  try {
    yield* pieces;
  } catch (error) {
    broken.problem = error;
  }
}

/** The pieces of one line: one of another format falls into several, numbers in brackets among them, and is one record. */
function withoutScraps(pieces: readonly JsonPiece[]): readonly JsonPiece[] {
  const problem = pieces.findIndex((piece) => "problem" in piece);
  return problem < 0 ? pieces : pieces.filter((piece, at) => at === problem || holdsObject(piece));
}

function holdsObject(piece: JsonPiece): boolean {
  return "value" in piece && [piece.value].flat().some((one) => isFilledObject({ value: one }));
}

/** What was never closed: a log whose first line was cut, or a document that was. */
function parseOpen(lines: readonly string[]): JsonPiece[] {
  const mended = mendedPieces(lines.join("\n"));
  if (mended !== null) return mended;
  const pieces = lines.filter((line) => line.trim() !== "").map(parseJson);
  // Lone brackets and texts of a cut document parse as well: only whole objects speak for a log of one value a line.
  return pieces.some(isFilledObject) ? pieces : [{ problem: "not_json" }];
}

function readPiece(piece: CutPiece): JsonPiece[] {
  if ("json" in piece) return [parseJson(piece.json)];
  return mendedPieces(piece.junk) ?? [{ problem: "not_json" }];
}

/** The whole records of a document that breaks off, and that it does. */
function mendedPieces(text: string): JsonPiece[] | null {
  const mended = /^\s*[[{]/.test(text) ? mendJson(text) : null;
  return mended === null ? null : [mended, { problem: "cut_json" }];
}

function isFilledObject(piece: JsonPiece): boolean {
  if (!("value" in piece)) return false;
  return typeof piece.value === "object" && piece.value !== null && Object.keys(piece.value).length > 0;
}

function parseJson(text: string): JsonPiece {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: "not_json" };
  }
}
