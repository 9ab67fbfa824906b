import type { KeyObject } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { KeyVersion } from "../../model/key/key.js";
import { readKnownNetworks } from "../../store/networks/all-networks.js";
import { historyRules, parseHistory, type ParsedHistory } from "./parse-history.js";

/** What a parsing thread knows from its beginning. */
export interface ParseHistoryWork {
  readonly versions: readonly KeyVersion[];
  readonly peppers: readonly KeyObject[];
  /** Path of the networks file, which was found usable; null when there is none. */
  readonly networksFile: string | null;
}

/** A piece of history for a parsing thread, and its answer under the same number. */
export interface HistoryPiece {
  readonly piece: number;
  readonly bytes: Uint8Array;
}
export interface HistoryAnswer {
  readonly piece: number;
  readonly parsed: Omit<ParsedHistory, "rows">;
  readonly rows: Uint8Array;
}

const { versions, peppers, networksFile } = workerData as ParseHistoryWork;
const networks = readKnownNetworks(networksFile);
const rules = historyRules(versions, peppers, networks);

parentPort?.on("message", ({ piece, bytes }: HistoryPiece) => {
  const { rows, ...parsed } = parseHistory(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), rules);
  // Short texts may share a pool, which cannot be handed over: those are copied.
  const own = rows.byteLength === rows.buffer.byteLength ? rows : new Uint8Array(rows);
  parentPort?.postMessage({ piece, parsed, rows: own } satisfies HistoryAnswer, [own.buffer as ArrayBuffer]);
});
