import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const familyBirthsQuery = defineQuery("view/family-births", {
  params: { own: listOf(z.string()), peers: listOf(z.string()) },
  row: { born_s: z.number(), peers_s: z.number() },
});

/** When (epoch ms) any of some keys was first served, and any of others; null: never. */
export async function readFamilyBirths(
  client: ClickHouseClient,
  own: readonly string[],
  peers: readonly string[],
): Promise<{ readonly bornAt: number | null; readonly peersSince: number | null }> {
  const [row] = await readRows(client, familyBirthsQuery, { own, peers });
  const instant = (seconds: number | undefined) => (seconds === undefined || seconds === 0 ? null : seconds * 1000);
  return { bornAt: instant(row?.born_s), peersSince: instant(row?.peers_s) };
}
