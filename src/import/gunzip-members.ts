import { crc32, createInflateRaw } from "node:zlib";
import { GzipInput } from "./gzip-input.js";

/** Packed bytes that are unpacked at once: at most a thousand times as many come of them. */
const SLICE = 16 * 1024;
/** What is damaged takes with it what was unpacked of a piece so far. */
const PIECE = 64 * 1024;

/**
 * The bytes of gzip, of one member or several, and then what is wrong with it: all that can be unpacked is given out first, also where its checksum
 * says another thing, or something else follows it. Node's own stream keeps back what it unpacked together with that.
 * @throws an error with zlib's code, and what the packed bytes throw
 */
export async function* gunzipMembers(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const input = new GzipInput(packed);
  for (let member = 0; ; member += 1) {
    const begin = await input.passHeader(member === 0);
    if (begin === "end") return;
    if (begin === "none") throw damaged("no gzip");
    let [sum, length] = [0, 0];
    for await (const bytes of inflated(input)) {
      sum = crc32(bytes, sum);
      length = (length + bytes.length) >>> 0;
      yield bytes;
    }
    const trailer = await input.take(8);
    if (trailer.length < 8) throw endsEarly();
    if (trailer.readUInt32LE(0) !== sum || trailer.readUInt32LE(4) !== length) throw damaged("wrong checksum");
  }
}

/** What one member holds; of the input no byte behind it is taken. */
async function* inflated(input: GzipInput): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: PIECE });
  let found: Buffer[] = [];
  const state: { ended: boolean; problem?: Error } = { ended: false };
  let resume = () => {};
  inflate.on("data", (bytes: Buffer) => found.push(bytes));
  inflate.once("end", () => {
    state.ended = true;
    resume();
  });
  inflate.once("error", (error) => {
    state.problem = error;
    resume();
  });
  try {
    while (!state.ended && state.problem === undefined) {
      const slice = await input.peek(SLICE);
      const before = inflate.bytesWritten;
      await new Promise<void>((resolve) => {
        resume = resolve;
        if (slice.length === 0) inflate.end();
        else inflate.write(slice, () => resolve());
      });
      input.pass(inflate.bytesWritten - before);
      yield* found;
      found = [];
    }
    if (state.problem !== undefined) throw state.problem;
  } finally {
    inflate.destroy();
  }
}

function damaged(message: string): Error {
  return Object.assign(new Error(message), { code: "Z_DATA_ERROR" });
}

function endsEarly(): Error {
  return Object.assign(new Error("unexpected end of file"), { code: "Z_BUF_ERROR" });
}
