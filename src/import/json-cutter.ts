const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [34, 92, 91, 93, 123, 125] as const;
/** What an export to a bucket writes before each message. */
const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?$/;

/** A whole object or list as it stands in the text, or a piece between such that is none. */
export type CutPiece = { readonly json: string } | { readonly junk: string };

/**
 * Cuts text into the objects and lists that follow each other in it, with or without line breaks between and in them: documents that were joined,
 * printed over many lines, or one a line. It is given text line by line; every character is looked at once.
 */
export class JsonCutter {
  #parts: string[] = [];
  #depth = 0;
  #inText = false;

  /** True while a value is begun and not ended. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  /** What a line completes. No text goes over a line break in JSON: one that does ends what it stands in as junk. */
  *push(line: string): Generator<CutPiece> {
    let from = 0;
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at);
      if (this.#inText) {
        if (code === BACKSLASH) at += 1;
        else if (code === QUOTE) this.#inText = false;
      } else if (code === QUOTE) {
        if (this.#depth > 0) this.#inText = true;
      } else if (code === OPEN || code === OPEN_LIST) {
        if (this.#depth === 0) {
          yield* junkOf(line.slice(from, at));
          from = at;
        }
        this.#depth += 1;
      } else if ((code === CLOSE || code === CLOSE_LIST) && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth > 0) continue;
        this.#parts.push(line.slice(from, at + 1));
        yield { json: this.#parts.join("\n") };
        this.#parts = [];
        from = at + 1;
      }
    }
    const rest = line.slice(from);
    if (this.#inText) {
      yield { junk: [...this.#parts, rest].join("\n") };
      this.reset();
    } else if (this.#depth > 0) this.#parts.push(rest);
    else yield* junkOf(rest);
  }

  /** Forgets a value that was begun. */
  reset(): void {
    this.#parts = [];
    this.#depth = 0;
    this.#inText = false;
  }
}

function* junkOf(text: string): Generator<CutPiece> {
  const bare = text.replaceAll(/^[\s,\uFEFF]+|[\s,]+$/g, "");
  if (bare !== "" && !TIME.test(bare)) yield { junk: bare };
}

/** Lines of text that comes in pieces, those that a piece ends at once: to wait for each took as long as to read it. `\r` alone is white space. */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let open: string[] = [];
  for await (const piece of pieces) {
    const lines = piece.split("\n");
    open.push(lines[0]!);
    if (lines.length === 1) continue;
    lines[0] = open.join("");
    open = [lines.pop()!];
    yield lines;
  }
  yield [open.join("")];
}
