import { insertWithout, quarantinePiece, quarantineRows, tryRows, type BadRows } from "./bad-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { insertRecordedEvents, type EventCount } from "./event-counts.js";
import { insertHeartbeats, insertPieces } from "./insert-requests.js";
import type { Heartbeat } from "./heartbeat.js";

/** Everything that recording a block does in ClickHouse. Every function throws ClickHouse's error. */
export interface RequestWriter {
  readonly insertBlock: (pieces: readonly Buffer[], token: string) => Promise<void>;
  readonly insertHeartbeats: (heartbeats: readonly Heartbeat[], token: string) => Promise<void>;
  readonly insertCounts: (counts: readonly EventCount[], token: string) => Promise<void>;
  readonly tryRows: (pieces: readonly Buffer[], span: readonly [number, number]) => Promise<string | null>;
  readonly insertWithout: (pieces: readonly Buffer[], bad: readonly BadRows[], token: string) => Promise<void>;
  readonly quarantineRows: (pieces: readonly Buffer[], bad: readonly BadRows[], block: string) => Promise<void>;
  readonly quarantinePiece: (
    piece: Buffer,
    reason: string,
    place: { readonly block: string; readonly index: number },
  ) => Promise<void>;
}

/** Writes with one client. */
export function openRequestWriter(client: ClickHouseClient): RequestWriter {
  return {
    insertBlock: async (pieces, token) => insertPieces(client, pieces, token),
    insertHeartbeats: async (heartbeats, token) => insertHeartbeats(client, heartbeats, token),
    insertCounts: async (counts, token) => insertRecordedEvents(client, counts, token),
    tryRows: async (pieces, span) => tryRows(client, pieces, span),
    insertWithout: async (pieces, bad, token) => insertWithout(client, pieces, bad, token),
    quarantineRows: async (pieces, bad, block) => quarantineRows(client, pieces, bad, block),
    quarantinePiece: async (piece, reason, place) => quarantinePiece(client, piece, reason, place),
  };
}
