import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";

/** Lines that came in so long are sent together. */
const FLUSH_MS = 1000;
const MOST_BYTES = 512 * 1024;
const LF = 10;

/** Whole lines of a pipe, some at a time, each under a name of its own. What is in the pipe when its reader is killed is lost: a pipe has no place to go back to. */
export async function* readLineBatches(
  source: Readable,
  signal: AbortSignal,
): AsyncGenerator<{ readonly bytes: Buffer; readonly name: string }> {
  const run = randomBytes(9).toString("base64url");
  let batches = 0;
  let held: Buffer[] = [];
  let wake: () => void = () => undefined;
  let isOver = false;
  source.on("data", (bytes: Buffer) => {
    held.push(bytes);
    // Whoever writes waits while ingest does.
    if (sizeOf(held) >= MOST_BYTES) {
      source.pause();
      wake();
    }
  });
  const end = () => {
    isOver = true;
    wake();
  };
  source.once("end", end).once("error", end);
  signal.addEventListener("abort", end, { once: true });
  for (;;) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (isOver || sizeOf(held) >= MOST_BYTES) resolve();
      else setTimeout(resolve, FLUSH_MS).unref();
    });
    const all = Buffer.concat(held);
    const length = isOver || all.length >= 2 * MOST_BYTES ? all.length : all.lastIndexOf(LF) + 1;
    held = length < all.length ? [all.subarray(length)] : [];
    if (length > 0) yield { bytes: all.subarray(0, length), name: `pipe-${run}-${(batches += 1)}` };
    if (isOver) {
      source.destroy();
      return;
    }
    source.resume();
  }
}

function sizeOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
