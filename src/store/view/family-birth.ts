import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

const familyBirthQuery = defineQuery("view/family-birth", {
  params: { own: listOf(z.string()) },
  row: { born_s: z.number() },
});

/** When (epoch ms) any of some keys was first served; null: never. */
export async function readFamilyBirth(client: ClickHouseClient, own: readonly string[]): Promise<number | null> {
  const [row] = await readRows(client, familyBirthQuery, { own });
  return row === undefined || row.born_s === 0 ? null : row.born_s * 1000;
}
