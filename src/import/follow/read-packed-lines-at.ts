import type { PackedReader } from "./packed-reader.js";
import { BATCH_BYTES } from "./read-lines-at.js";

const LF = 10;

/** Whole lines of what is packed in a file, from an offset on or exactly up to a place, and where they end; at the end what is left, then the end. */
export async function readPackedLinesAt(
  reader: PackedReader,
  path: string,
  offset: number,
  upTo: number | null,
): Promise<{ readonly bytes: Buffer; readonly end: number } | "end" | "damaged"> {
  const wanted = upTo === null ? BATCH_BYTES : upTo - offset;
  let bytes: Buffer;
  try {
    bytes = await reader.readAt(path, offset, wanted);
  } catch {
    reader.close();
    return "damaged";
  }
  if (bytes.length === 0) return "end";
  if (upTo !== null) return bytes.length === wanted ? { bytes, end: upTo } : "damaged";
  const isEnd = bytes.length < BATCH_BYTES;
  const length = isEnd ? bytes.length : bytes.lastIndexOf(LF) + 1 || bytes.length;
  return { bytes: bytes.subarray(0, length), end: offset + length };
}
