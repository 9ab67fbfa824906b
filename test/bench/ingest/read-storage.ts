import type { Store } from "../../../src/store/store.js";

/** Rows of an insert on average: all rows of one insert have one instant of ingestion. */
export async function readRowsPerInsert(store: Store): Promise<number> {
  return readNumber(store, "SELECT toUInt32(count() / uniqExact(ingested_at)) AS n FROM requests");
}

/** Compressed bytes of a stored event without its id, merged. */
export async function readBytesPerEvent(store: Store): Promise<number> {
  await store.client.command({ query: "OPTIMIZE TABLE requests FINAL" });
  return readNumber(
    store,
    `SELECT round(sum(column_data_compressed_bytes) / (SELECT count() FROM requests), 1) AS n FROM system.parts_columns
     WHERE database = currentDatabase() AND table = 'requests' AND active AND column != 'id'`,
  );
}

async function readNumber(store: Store, query: string): Promise<number> {
  const [row] = await (await store.client.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
  return Number(row?.n);
}
