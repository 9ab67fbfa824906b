import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** When any key first used a /24 (IPv6: /64). */
export interface NetworkBirth {
  /** Its first address, as ClickHouse prints it. */
  readonly network: string;
  /** Epoch ms. */
  readonly bornAt: number;
  /** When a second key did (epoch ms); Infinity: none. */
  readonly sharedAt: number;
}

const networkBirthsQuery = defineQuery("check/network-births", {
  asOf: true,
  params: { until: z.number(), networks: listOf(z.string()) },
  row: { network: z.string(), seen_s: z.number(), shared_s: z.number() },
});

/** First use of some networks as far as they were used before `until` (epoch ms). */
export async function readNetworkBirths(
  client: ClickHouseClient,
  networks: readonly string[],
  until: number,
  asOf: number | null,
): Promise<NetworkBirth[]> {
  if (networks.length === 0) return [];
  const params = { networks, until: Math.floor(until / 1000) };
  const rows = await readRows(client, networkBirthsQuery, params, asOf);
  return rows.map(({ network, seen_s, shared_s }) => ({
    network,
    bornAt: seen_s * 1000,
    sharedAt: shared_s === 0 ? Infinity : shared_s * 1000,
  }));
}

/** A network as people write it. */
export function networkText(network: string): string {
  const plain = plainAddress(network);
  return plain.includes(".") ? `${plain}/24` : `${plain}/64`;
}
