import { createReadStream } from "node:fs";
import { PassThrough, Readable, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/**
 * The bytes of a file, or of standard input for `-`, unpacked where they are gzip: told by the first bytes, not by the name.
 * `onRead` hears of bytes as they lie in the file.
 * @throws the file system's or zlib's error when it cannot be read to its end.
 */
export async function* readBytes(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const source = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  const chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    onRead(head.length);
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      onRead(next.value.length);
      yield next.value;
    }
  };
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (!isGzip) {
    yield* whole();
    return;
  }
  const unpacked = new PassThrough({ highWaterMark: 1 << 20 });
  // Errors come out where the bytes are read.
  pipeline(
    Readable.from(whole(), { objectMode: false }),
    createGunzip({ chunkSize: 1 << 18 }),
    unpacked,
    () => undefined,
  );
  yield* unpacked as AsyncIterable<Buffer>;
}
