import { createReadStream, type ReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** Reads a packed log from front to back, and keeps its place between one part and the next. */
export class PackedReader {
  #path = "";
  #file: ReadStream | null = null;
  #pieces: AsyncIterator<Buffer> | null = null;
  /** What is unpacked and may be asked for again, and where it begins. */
  #held: Buffer = Buffer.alloc(0);
  #from = 0;

  /** So many bytes of what is packed from a place on, fewer only at its end. @throws zlib's error where it is damaged */
  async readAt(path: string, from: number, length: number): Promise<Buffer> {
    if (path !== this.#path || from < this.#from) this.#open(path);
    let next: IteratorResult<Buffer> | undefined;
    while (this.#from + this.#held.length < from + length && next?.done !== true) {
      next = await this.#pieces!.next();
      if (next.done === true) break;
      this.#held = Buffer.concat([this.#held, next.value]);
      this.#dropUntil(from);
    }
    this.#dropUntil(from);
    return this.#held.subarray(0, length);
  }

  close(): void {
    this.#file?.destroy();
    this.#file = null;
    this.#path = "";
  }

  #open(path: string): void {
    this.close();
    this.#path = path;
    this.#file = createReadStream(path, { highWaterMark: 1 << 16 });
    const unpacked = this.#file.on("error", (error) => unpacked.destroy(error)).pipe(createGunzip());
    this.#pieces = (unpacked as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#held = Buffer.alloc(0);
    this.#from = 0;
  }

  #dropUntil(from: number): void {
    const passed = Math.min(this.#held.length, Math.max(0, from - this.#from));
    if (passed === 0) return;
    this.#held = this.#held.subarray(passed);
    this.#from += passed;
  }
}
