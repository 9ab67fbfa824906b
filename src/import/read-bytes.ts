import { createReadStream } from "node:fs";
import { gunzipMembers } from "./gunzip-members.js";

/** Some tools pack again what was packed already. */
const MOST_LAYERS = 3;

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
  yield* unpack(gunzipMembers(whole()), layers - 1);
}
