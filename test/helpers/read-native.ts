import { gunzipSync } from "node:zlib";

/** A row by its columns' names, each value as text. */
export type Row = Readonly<Record<string, string>>;

/** The rows of pieces of the ingest buffer, read as ClickHouse reads its Native format: block after block, column after column. */
export function readPieces(pieces: readonly Buffer[]): Row[] {
  return pieces.flatMap((piece) => readNative(gunzipSync(piece)));
}

function readNative(bytes: Buffer): Row[] {
  const input = new Input(bytes);
  const rows: Record<string, string>[] = [];
  while (!input.atEnd()) {
    const [columns, count] = [input.varUint(), input.varUint()];
    const block = Array.from({ length: count }, (): Record<string, string> => ({}));
    for (let column = 0; column < columns; column += 1) {
      const [name, type] = [input.text(), input.text()];
      for (const [row, value] of readColumn(input, type, count).entries()) block[row]![name] = value;
    }
    rows.push(...block);
  }
  return rows;
}

function readColumn(input: Input, type: string, rows: number): string[] {
  if (type === "LowCardinality(String)") return readDistinct(input, rows);
  return Array.from({ length: rows }, () => {
    if (type === "String") return input.text();
    if (type === "Float32") return String(input.take(4).readFloatLE());
    if (type === "DateTime64(3, 'UTC')") return String(input.take(8).readBigInt64LE());
    return String(input.whole(Number(/^UInt(8|16|32|64)$/.exec(type)?.[1]) / 8));
  });
}

function readDistinct(input: Input, rows: number): string[] {
  if (input.whole(8) !== 1n) throw new Error("an unknown version of distinct values");
  const marks = Number(input.whole(8));
  if ((marks & 0x600) !== 0x600) throw new Error("distinct values that do not come with their column");
  const values = Array.from({ length: Number(input.whole(8)) }, () => input.text());
  if (Number(input.whole(8)) !== rows) throw new Error("another number of rows");
  return Array.from({ length: rows }, () => {
    const value = values[Number(input.whole(2 ** (marks & 0xff)))];
    if (value === undefined) throw new Error("a place without a value");
    return value;
  });
}

class Input {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new Error("the block ends early");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  whole(bytes: number): bigint {
    return this.take(bytes).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  }

  varUint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.take(1)[0]!;
      value += (byte % 128) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  text(): string {
    return this.take(this.varUint()).toString("utf8");
  }
}
