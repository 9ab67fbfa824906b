/** Bytes that are parsed at once: some thousand lines. */
const PIECE_BYTES = 1 << 20;
const LF = 10;

/**
 * Cuts a stream of bytes into pieces of whole lines. A line of many pieces, which no event can be, is given as one that is too
 * long for an event, and the rest of it is dropped: the memory that this takes is bounded.
 */
export async function* splitHistory(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let dropping = false;
  for await (const read of bytes) {
    let chunk = read;
    if (dropping) {
      const end = chunk.indexOf(LF);
      if (end < 0) continue;
      chunk = chunk.subarray(end + 1);
      dropping = false;
    }
    const end = size + chunk.length < PIECE_BYTES ? -1 : chunk.lastIndexOf(LF);
    if (end >= 0) {
      yield Buffer.concat([...held, chunk.subarray(0, end + 1)]);
      [held, size] = [[], 0];
      chunk = chunk.subarray(end + 1);
    }
    held.push(chunk);
    size += chunk.length;
    if (size > 4 * PIECE_BYTES) {
      yield Buffer.concat([...held, Buffer.of(LF)]);
      [held, size, dropping] = [[], 0, true];
    }
  }
  if (size > 0) yield Buffer.concat(held);
}
