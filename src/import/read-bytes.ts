import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

/** Some tools pack again what was packed already. */
const MOST_LAYERS = 3;
/** Packed bytes that are unpacked at once: at most a thousand times as many come of them. */
const SLICE = 16 * 1024;

/**
 * The bytes of a file, or of standard input for `-`, unpacked where they are gzip, also twice: told by the first bytes, not by the name.
 * `onRead` hears of bytes as they lie in the file.
 * @throws the file system's or zlib's error when it cannot be read to its end, after all that could be read.
 */
export async function* readBytes(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const source = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 });
  yield* unpack(counted(source as AsyncIterable<Buffer>, onRead), MOST_LAYERS);
}

async function* counted(source: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const bytes of source) {
    onRead(bytes.length);
    yield bytes;
  }
}

async function* unpack(source: AsyncGenerator<Buffer>, layers: number): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await source.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = async function* (): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    yield* source;
  };
  if (layers === 0 || head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole();
    return;
  }
  yield* unpack(gunzipped(whole()), layers - 1);
}

/** What can be unpacked, and then what is wrong with the rest: a stream that breaks off would take with it what nobody has read of it yet. */
async function* gunzipped(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  let found: Buffer[] = [];
  let problem: Error | undefined;
  gunzip.on("data", (bytes: Buffer) => found.push(bytes));
  let resume = () => {};
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve));
  gunzip.once("close", () => resume());
  gunzip.once("error", (error) => (problem = error));
  try {
    for await (const bytes of packed) {
      for (let at = 0; at < bytes.length && !gunzip.destroyed; at += SLICE) {
        const slice = bytes.subarray(at, at + SLICE);
        // What is damaged ends the stream, and the write with it unanswered.
        await new Promise<void>((resolve) => {
          resume = resolve;
          gunzip.write(slice, () => resolve());
        });
        yield* found;
        found = [];
      }
      if (gunzip.destroyed) break;
    }
    gunzip.end();
    await closed;
    yield* found;
    if (problem !== undefined) throw problem;
  } finally {
    gunzip.destroy();
  }
}
