import { TextDecoder } from "node:util";
import { readBytes } from "./read-bytes.js";
import type { RejectReason } from "./wire-event.js";

/** Packed or binary files by their first bytes: none of them is unpacked here. */
const PACKED: readonly (readonly [readonly number[], RejectReason])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "zip_archive"],
  [[0x42, 0x5a, 0x68], "bzip2_file"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd_file"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz_file"],
  [[0x50, 0x41, 0x52, 0x31], "parquet_file"],
  // Packed more often than anybody does by mistake.
  [[0x1f, 0x8b], "unreadable_file"],
];
const LONGEST_MARK = 5;

/** A file whose bytes are no text. */
class NoTextFile extends Error {
  override readonly name = "NoTextFile";
  readonly reason: RejectReason;

  constructor(reason: RejectReason) {
    super(`not a text file: ${reason}`);
    this.reason = reason;
  }
}

/**
 * The text of a file, or of standard input for `-`, in pieces: unpacked where it is gzip, also twice, in UTF-8 or, where a byte order mark says so, UTF-16.
 * `onRead` hears of bytes as they lie in the file.
 * @throws NoTextFile for what is packed in another way; the file system's or zlib's error when it cannot be read to its end.
 */
export function readText(path: string, onRead: (bytes: number) => void): AsyncGenerator<string> {
  return withLineFeeds(decodeText(readBytes(path, onRead)));
}

/** A text whose lines all end in `\r` alone, as old programs write them, with `\n` in its place; a `\r` within lines that end otherwise stays. */
async function* withLineFeeds(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  let isOld: boolean | undefined;
  for await (const piece of pieces) {
    if (isOld === undefined && piece.includes("\n")) isOld = false;
    else if (isOld === undefined && /\r./.test(piece)) isOld = true;
    yield isOld === true ? piece.replaceAll("\r", "\n") : piece;
  }
}

/** Why a text could not be read to its end, by what its pieces threw. */
export function unreadFor(error: unknown): RejectReason {
  if (error instanceof NoTextFile) return error.reason;
  const { code }: NodeJS.ErrnoException = error instanceof Error ? error : new Error("unknown");
  if (code === "Z_BUF_ERROR") return "cut_gzip";
  return code === "Z_DATA_ERROR" ? "damaged_gzip" : "unreadable_file";
}

/** The text of unpacked bytes. @throws NoTextFile, and what the bytes throw */
export async function* decodeText(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head = Buffer.alloc(0);
  for await (const bytes of source) {
    if (decoder !== undefined) {
      yield decoder.decode(bytes, { stream: true });
      continue;
    }
    head = withoutHole(Buffer.concat([head, bytes]));
    if (head.length < LONGEST_MARK) continue;
    decoder = decoderOf(head);
    yield decoder.decode(head, { stream: true });
  }
  yield decoder === undefined ? decoderOf(head).decode(head) : decoder.decode();
}

/** A program that goes on where it was in a log that was emptied leaves a hole before its next line. */
function withoutHole(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  if (bytes[0] !== 0) return bytes;
  const end = bytes.findIndex((byte) => byte !== 0);
  return Buffer.from(end < 0 ? [] : bytes.subarray(end));
}

function decoderOf(head: Buffer): TextDecoder {
  const packed = PACKED.find(([mark]) => mark.every((byte, at) => head[at] === byte));
  if (packed !== undefined) throw new NoTextFile(packed[1]);
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder("utf-16le");
  return new TextDecoder(head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : "utf-8");
}
