import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FleetOrder } from "./protocol.js";

/** Keys that a worker takes at a time: few enough that no worker is left with much at the end. */
const KEYS_AT_ONCE = 8;

/** Most of what a worker makes lives as long as a day of a key: room for it spares the collector a third of the work. */
const YOUNG_MB = 96;

/** A piece of work: some keys of one fleet. */
export interface WorkPiece {
  readonly order: FleetOrder;
  readonly indexes: readonly number[];
}

/**
 * Has every key of some fleets worked on by as many threads as there are processors, and gives the answers in the order of
 * fleets and keys, whichever thread was first. `script` is a worker that answers each WorkPiece with an array, one item a key.
 */
export async function shareWork<T>(
  script: URL,
  orders: readonly FleetOrder[],
  progress: (done: number, total: number) => void,
): Promise<T[]> {
  const pieces = orders.flatMap((order) =>
    Array.from({ length: Math.ceil(order.keys / KEYS_AT_ONCE) }, (_, i): WorkPiece => {
      const from = i * KEYS_AT_ONCE;
      const length = Math.min(KEYS_AT_ONCE, order.keys - from);
      return { order, indexes: Array.from({ length }, (__, j) => from + j) };
    }),
  );
  const answers: T[][] = pieces.map(() => []);
  const total = orders.reduce((sum, { keys }) => sum + keys, 0);
  let [next, done] = [0, 0];
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), pieces.length) }, async () => {
      const worker = new Worker(script, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
      try {
        for (let at = next++; at < pieces.length; at = next++) {
          answers[at] = await ask<T[]>(worker, pieces[at]!);
          progress((done += pieces[at]!.indexes.length), total);
        }
      } finally {
        await worker.terminate();
      }
    }),
  );
  return answers.flat();
}

function ask<T>(worker: Worker, piece: WorkPiece): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once("message", resolve);
    worker.once("error", reject);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(piece);
  });
}

/** Shows how far the work got, where somebody is looking. */
export function showProgress(what: string): (done: number, total: number) => void {
  const startedAt = performance.now();
  return (done, total) => {
    if (!process.stderr.isTTY) return;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    process.stderr.write(`\r${what}: ${done} of ${total} keys, ${seconds} s${done === total ? "\n" : ""}`);
  };
}
