import { open } from "node:fs/promises";
import { matchesHead } from "./match-generations.js";
import type { Held } from "./match-generations.js";

/** What a batch is made of: at most some thousand lines. */
export const BATCH_BYTES = 512 * 1024;
/** A line that does not end in so many bytes is none of a log. */
const LONGEST_LINE = 1024 * 1024;
const LF = 10;

/** Whole lines of a file from an offset on, and where they end; null when there is no whole line, or the file holds something else by now. */
export async function readLinesAt(
  { generation, file }: Held,
  upTo: number | null,
): Promise<{ readonly bytes: Buffer; readonly end: number } | null> {
  const { offset } = generation;
  const handle = await open(file.path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const wanted = upTo === null ? BATCH_BYTES : upTo - offset;
    let bytes = await readAt(handle, offset, wanted);
    if (upTo === null && bytes.length === BATCH_BYTES && !bytes.includes(LF))
      bytes = await readAt(handle, offset, LONGEST_LINE);
    // Looked at after reading: what was emptied or replaced before is not taken for what it was.
    const head = await readAt(handle, 0, 1024);
    if (!matchesHead(generation, head)) return null;
    if (upTo !== null) return bytes.length === wanted ? { bytes, end: upTo } : null;
    const last = bytes.lastIndexOf(LF) + 1;
    const length = last === 0 && bytes.length >= LONGEST_LINE ? bytes.length : last;
    return length === 0 ? null : { bytes: bytes.subarray(0, length), end: offset + length };
  } finally {
    await handle.close();
  }
}

async function readAt(handle: Awaited<ReturnType<typeof open>>, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
