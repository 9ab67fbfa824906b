import type { z } from "zod";
import { boundQuery, readOnly, type ClickHouseClient } from "./clickhouse-client.js";
import type { BinaryQuery, ValuesOf } from "./define-query.js";

/**
 * Reads an answer in ClickHouse's RowBinary, field by field: for answers of millions of numbers, which JSON would take a second for.
 * The caller knows the columns of its query; a field past the end throws RangeError.
 */
export class BinaryRows {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #lent = new Float64Array(1024);
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many rows there can be at most, of rows of so many bytes or more each. */
  mostRows(leastBytes: number): number {
    return Math.floor(this.#bytes.length / leastBytes);
  }

  /** True when there is another row. */
  more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** How many rows there are from here on; `skip` goes past one. */
  count(skip: () => void): number {
    const at = this.#at;
    let count = 0;
    for (; this.more(); count += 1) skip();
    this.#at = at;
    return count;
  }

  skipText(): void {
    const length = this.#length();
    this.#at += length;
  }

  skipFloats(): void {
    const length = this.#length();
    this.#at += 8 * length;
  }

  /** An Int8 or UInt8. */
  byte(): number {
    const value = this.#view.getUint8(this.#at);
    this.#at += 1;
    return value;
  }

  float(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  text(): string {
    const length = this.#length();
    const from = this.#at;
    this.#at += length;
    return this.#bytes.toString("utf8", from, this.#at);
  }

  /** An Array(Float64). */
  floats(): Float64Array {
    const length = this.#length();
    const values = new Float64Array(length);
    // Bytes are copied, since a row's floats begin anywhere; every machine that Node.js runs on is little-endian.
    new Uint8Array(values.buffer).set(this.#bytes.subarray(this.#at, this.#at + 8 * length));
    this.#at += 8 * length;
    return values;
  }

  /** An Array(Float64) of so many, into a column from a position on: an array of its own for each row of few would take ten times as long. */
  floatsInto(column: Float64Array, from: number, count: number): void {
    const length = this.#length();
    if (length !== count) throw new RangeError(`an array has ${length} numbers in place of ${count}`);
    for (let i = 0; i < count; i += 1) column[from + i] = this.float();
  }

  /** An Array(Float64) in an array of its own: cheaper than `floats` where there are many short ones. */
  numbers(): number[] {
    const [lent, values] = [this.lent(), [] as number[]];
    for (let i = 0; i < lent.length; i += 1) values.push(lent[i]!);
    // Without the room that it grew by: millions are kept.
    return values.slice();
  }

  /** An Array(Float64) that the next one is written over. */
  lent(): Float64Array {
    const length = this.#length();
    if (length > this.#lent.length) this.#lent = new Float64Array(2 * length);
    new Uint8Array(this.#lent.buffer).set(this.#bytes.subarray(this.#at, this.#at + 8 * length));
    this.#at += 8 * length;
    return this.#lent.subarray(0, length);
  }

  /** Seven bits a byte, lowest first, as long as the eighth is set. */
  #length(): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }
}

/** Runs a query like readRows, and gives back its rows to be read field by field. */
export async function readBinary<Params extends z.ZodRawShape>(
  client: ClickHouseClient,
  asked: BinaryQuery<Params>,
  params: ValuesOf<Params>,
  asOf: number | null = null,
): Promise<BinaryRows> {
  const { query, query_params } = boundQuery(asked, params, asOf);
  const { stream } = await client.exec({ query: `${query}\nFORMAT RowBinary`, query_params, ...readOnly() });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return new BinaryRows(Buffer.concat(chunks));
}
