/** Bytes that grow as they are written. Numbers are little-endian. */
export class ByteWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(256, expectedBytes));
  }

  /** What was written; shares the memory of this writer. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** Numbers one after the other, each in the bytes of its type; little-endian, as on every machine that Node runs on. */
  column(values: Float64Array | Int32Array | Uint16Array | Uint8Array): void {
    this.bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#at = this.#bytes.writeUInt16LE(value, this.#at);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  /** A whole number below 2^53 in eight bytes. */
  uint64(value: number): void {
    this.#reserve(8);
    const low = value >>> 0;
    this.#at = this.#bytes.writeUInt32LE(low, this.#at);
    this.#at = this.#bytes.writeUInt32LE((value - low) / 2 ** 32, this.#at);
  }

  float32(value: number): void {
    this.#reserve(4);
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  /** Seven bits a byte, the lowest first; the highest bit says that more follow. */
  varUint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.uint8((rest % 128) + 128);
    this.uint8(rest);
  }

  /** UTF-8 with its length in bytes before it; half a character becomes U+FFFD. */
  text(value: string): void {
    // No UTF-16 unit takes more than three bytes. Below 43 of them the length fits into one byte, known or not.
    this.#reserve(value.length * 3 + 5);
    if (value.length <= 42) {
      if (this.#ascii(value)) return;
      const bytes = this.#bytes.write(value, this.#at + 1);
      this.#bytes[this.#at] = bytes;
      this.#at += bytes + 1;
      return;
    }
    this.varUint(Buffer.byteLength(value));
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** Writes what is ASCII, nearly all of it, without a call out of JavaScript for each text; false where a character is not. */
  #ascii(value: string): boolean {
    const from = this.#at + 1;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      this.#bytes[from + index] = code;
    }
    this.#bytes[this.#at] = value.length;
    this.#at = from + value.length;
    return true;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
