import { insertWithout, quarantinePiece, quarantineRows, tryRows, type BadRows } from "./bad-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { checkPlace } from "../clickhouse/shard-places.js";
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

/** Writes a shard's blocks there, what was heard of sources on the first shard, and what is of no shard into the database that reads them all. */
export function openRequestWriter(
  { client: home, shards }: { readonly client: ClickHouseClient; readonly shards: readonly ClickHouseClient[] },
  shard: number,
): RequestWriter {
  const client = shards[shard];
  const first = shards[0];
  if (client === undefined || first === undefined)
    throw new Error(
      `there is no shard ${shard + 1} of ${shards.length}: a block for it waits until CLICKHOUSE_URL names it`,
    );
  // Asked for each block: a server may have been added since, or one was away at the start.
  const inItsPlace = async () => checkPlace(home, shards, shard);
  return {
    insertBlock: async (pieces, token) => {
      await inItsPlace();
      await insertPieces(client, pieces, token);
    },
    insertHeartbeats: async (heartbeats, token) => insertHeartbeats(first, heartbeats, token),
    insertCounts: async (counts, token) => insertRecordedEvents(home, counts, token),
    tryRows: async (pieces, span) => tryRows(client, pieces, span),
    insertWithout: async (pieces, bad, token) => insertWithout(client, pieces, bad, token),
    quarantineRows: async (pieces, bad, block) => quarantineRows(home, pieces, bad, block),
    quarantinePiece: async (piece, reason, place) => quarantinePiece(home, piece, reason, place),
  };
}
