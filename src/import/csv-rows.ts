/** The text of whole rows, with their line ends, or the sign that a row's quotation mark is never closed: the row is left out, and those behind it follow. */
export type CsvRows = { readonly rows: string; readonly isOne: boolean } | { readonly problem: "open_quote" };

/** A cell over many lines is no longer; one that seems to be was never closed. */
const LONGEST = 1024 * 1024;
const LINE = /\r\n|\n|\r/g;

/**
 * Cuts CSV that comes in pieces into rows by the quotation marks that stand open at the end of a line. What never closes one costs its own row, and not all behind
 * it. `isRow`: whether text over many lines is a row indeed, and does not run from one broken row into another.
 */
export class CsvRowCutter {
  readonly #isRow: (text: string) => boolean;
  /** A line that is not ended. */
  #begun: string[] = [];
  /** Lines of a row whose cell is open. */
  #held: string[] = [];
  #length = 0;
  #whole: string[] = [];
  #carry = "";

  constructor(isRow: (text: string) => boolean) {
    this.#isRow = isRow;
  }

  /** What a piece completes. */
  *push(given: string): Generator<CsvRows> {
    // A \r at the end may be half of a \r\n.
    const text = this.#carry + given;
    this.#carry = text.endsWith("\r") ? "\r" : "";
    const end = text.length - this.#carry.length;
    let from = 0;
    LINE.lastIndex = 0;
    for (let match = LINE.exec(text); match !== null && match.index < end; match = LINE.exec(text)) {
      const to = LINE.lastIndex;
      this.#begun.push(text.slice(from, to));
      const line = this.#begun.join("");
      this.#begun = [];
      from = to;
      yield* this.#take(line);
    }
    if (from < end) this.#begun.push(text.slice(from, end));
    yield* this.#flush();
  }

  /** What is left where the text ends. */
  *end(): Generator<CsvRows> {
    const last = this.#begun.join("") + this.#carry;
    if (last !== "") yield* this.#take(last);
    while (this.#held.length > 0) yield* this.#giveUp();
    yield* this.#flush();
  }

  *#take(line: string): Generator<CsvRows> {
    const isOdd = hasOddQuotes(line);
    if (this.#held.length === 0 && !isOdd) {
      this.#whole.push(line);
      return;
    }
    this.#held.push(line);
    this.#length += line.length;
    if (this.#held.length === 1) return;
    if (isOdd) {
      const rows = this.#held.join("");
      if (!this.#isRow(rows)) {
        yield* this.#giveUp();
        return;
      }
      yield* this.#flush();
      this.#forget();
      yield { rows, isOne: true };
    } else if (this.#length - this.#held[0]!.length > LONGEST) yield* this.#giveUp();
  }

  /** Leaves the row out whose quotation mark stands open; what was held behind it is looked at again. */
  *#giveUp(): Generator<CsvRows> {
    const [, ...rest] = this.#held;
    yield* this.#flush();
    this.#forget();
    yield { problem: "open_quote" };
    for (const line of rest) yield* this.#take(line);
  }

  #forget(): void {
    this.#held = [];
    this.#length = 0;
  }

  *#flush(): Generator<CsvRows> {
    if (this.#whole.length === 0) return;
    const rows = this.#whole.join("");
    this.#whole = [];
    yield { rows, isOne: false };
  }
}

function hasOddQuotes(line: string): boolean {
  let isOdd = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) isOdd = !isOdd;
  return isOdd;
}
