import { Worker } from "node:worker_threads";
import { ownFile } from "../../own-files.js";
import type { HistoryAnswer, HistoryPiece, ParseHistoryWork } from "./parse-history-worker.js";

/** Threads that parse pieces of history side by side. */
export interface ParseThreads {
  readonly count: number;
  /** Rejects when a thread has ended, whatever it did. */
  readonly parse: (bytes: Buffer) => Promise<HistoryAnswer>;
  readonly close: () => Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: HistoryAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Starts threads that know the registry and the networks; close them when the history is read. */
export function openParseThreads(work: ParseHistoryWork, count: number): ParseThreads {
  const script = ownFile("dist/src/pipeline/replay/parse-history-worker.js");
  const threads = Array.from({ length: count }, () => new Worker(script, { workerData: work }));
  const waiting = new Map<number, Waiting>();
  let [pieces, broken] = [0, null as Error | null];
  const fail = (error: Error) => {
    broken ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  for (const thread of threads) {
    thread.on("error", fail);
    thread.on("exit", () => fail(new Error("a thread that parses events has ended")));
    thread.on("message", (answer: HistoryAnswer) => {
      waiting.get(answer.piece)?.resolve(answer);
      waiting.delete(answer.piece);
    });
  }
  return {
    count,
    parse: async (bytes) => {
      if (broken !== null) throw broken;
      const piece = (pieces += 1);
      const answer = new Promise<HistoryAnswer>((resolve, reject) => waiting.set(piece, { resolve, reject }));
      const message: HistoryPiece = { piece, bytes: new Uint8Array(bytes) };
      threads[piece % count]!.postMessage(message, [message.bytes.buffer as ArrayBuffer]);
      return answer;
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
