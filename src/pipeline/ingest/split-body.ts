/** Where one event stands in a body: half-open byte range, and its line (NDJSON) or place in the array, from 1. */
export interface EventRange {
  readonly line: number;
  readonly from: number;
  readonly to: number;
}

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;

/** The lines of NDJSON that hold more than white space; blank ones count for the line number. */
export function* splitLines(body: Buffer): Generator<EventRange> {
  let line = 1;
  let from = skipBom(body);
  while (from < body.length) {
    // Byte by byte where there is nothing: megabytes of blank lines are as cheap as of anything else.
    if (isSpace(body[from])) {
      if (body[from] === LF) line += 1;
      from += 1;
      continue;
    }
    const end = body.indexOf(LF, from);
    const to = end < 0 ? body.length : end;
    yield { line, from, to };
    line += 1;
    from = to + 1;
  }
}

/**
 * The elements of one JSON array, cut at its own commas without reading them, so that a hostile body is refused at its
 * 20,001st event rather than held in memory. Undefined after the last element when the text is not an array.
 */
export function* splitArray(body: Buffer): Generator<EventRange, boolean> {
  let at = skipSpace(body, skipBom(body), body.length);
  if (body[at] !== OPEN) return false;
  at = skipSpace(body, at + 1, body.length);
  if (body[at] === CLOSE) return skipSpace(body, at + 1, body.length) === body.length;
  for (let line = 1; at < body.length; line += 1) {
    const to = endOfElement(body, at);
    if (to === body.length) return false;
    yield { line, from: at, to };
    if (body[to] === CLOSE) return skipSpace(body, to + 1, body.length) === body.length;
    at = to + 1;
  }
  return false;
}

/** First byte that is not white space of JSON, from `from` and before `to`. */
export function skipSpace(body: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(body[at])) at += 1;
  return at;
}

/** 3 when the body begins with a UTF-8 byte order mark, else 0. */
export function skipBom(body: Buffer): number {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === LF || byte === 13 || byte === 9;
}

/** The comma or bracket that ends the element, or the body's length when none does. */
function endOfElement(body: Buffer, from: number): number {
  let depth = 0;
  let inText = false;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN || byte === 123) depth += 1;
    else if (depth === 0 && (byte === COMMA || byte === CLOSE)) return at;
    else if (byte === CLOSE || byte === 125) depth -= 1;
  }
  return body.length;
}
