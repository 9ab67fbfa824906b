import { z } from "zod";
import type { WantedNetwork } from "../../model/network/wanted-network.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";
import { networkParams } from "./network-keys.js";

/** Who was served from a network since Plimsoll has records; instants are epoch ms, to the minute. */
export interface NetworkEver {
  /** Keys, those served last first. */
  readonly keys: readonly { readonly keyId: string; readonly firstAt: number; readonly lastAt: number }[];
  /** How many there are in all. */
  readonly total: number;
  /** When the first of all was served; null where none ever was. */
  readonly firstAt: number | null;
}

const networkEverQuery = defineQuery("view/network-ever", {
  params: { asn: z.number(), address: z.string(), bits: z.number(), most: z.number() },
  row: { key_id: z.string(), first_s: z.number(), last_s: z.number(), keys: z.number(), ever_s: z.number() },
});

/** Keys that were ever served from a network, at most `most` of them, however long ago: what they were first served from is kept indefinitely. */
export async function readNetworkEver(
  client: ClickHouseClient,
  wanted: WantedNetwork,
  most: number,
): Promise<NetworkEver> {
  const rows = await readRows(client, networkEverQuery, { ...networkParams(wanted), most });
  return {
    keys: rows.map((row) => ({ keyId: row.key_id, firstAt: row.first_s * 1000, lastAt: row.last_s * 1000 })),
    total: rows[0]?.keys ?? 0,
    firstAt: rows[0] === undefined ? null : rows[0].ever_s * 1000,
  };
}
