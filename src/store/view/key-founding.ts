import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** When (epoch ms) any of some keys was first served, and any of others; null: never. */
export async function readFirstServed(
  client: ClickHouseClient,
  own: readonly string[],
  peers: readonly string[],
): Promise<{ readonly bornAt: number | null; readonly peersSince: number | null }> {
  type Row = { born_s: number; peers_s: number };
  const [row] = await readRows<Row>(client, "view/key-founding", { own, peers });
  const instant = (seconds: number | undefined) => (seconds === undefined || seconds === 0 ? null : seconds * 1000);
  return { bornAt: instant(row?.born_s), peersSince: instant(row?.peers_s) };
}
