import { z } from "zod";
import { isIP } from "node:net";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import type { NetworkTable } from "../../model/network/network-table.js";
import { printPrefix } from "../../model/network/print-prefix.js";
import { rangeToPrefixes } from "../../model/network/range-to-prefixes.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

// Large enough that a million lines cross few boundaries between streams.
const PIECE_CHARACTERS = 1 << 16;
// A refresh takes seconds: what is this old was left by one that was cut off.
const LEFT_OVER_SECONDS = 3600;
const COLUMNS: [string, ...string[]] = ["prefix", "asn", "name", "type", "version", "refreshed_at"];

/** What the table of networks holds; `refreshedAt` is epoch ms. */
export interface NetworksState {
  readonly prefixes: number;
  readonly version: string;
  readonly refreshedAt: number;
}

const networksStateQuery = defineQuery("networks/networks-state", {
  params: {},
  row: { prefixes: z.number(), networks_version: z.string(), refreshed_s: z.number() },
});

/** The state of the table of networks, or null when it was never filled. */
export async function readNetworksState(client: ClickHouseClient): Promise<NetworksState | null> {
  const [row] = await readRows(client, networksStateQuery, {});
  if (row === undefined) return null;
  return { prefixes: row.prefixes, version: row.networks_version, refreshedAt: row.refreshed_s * 1000 };
}

const networkNamesQuery = defineQuery("networks/network-names", {
  params: { addresses: listOf(z.string()), asns: listOf(z.number()) },
  row: { address: z.string(), network_name: z.string() },
});

/** Names of the networks of sources, by address; those that are not known are left out. */
export async function readNetworkNames(
  client: ClickHouseClient,
  sources: readonly { readonly address: string; readonly asn: number }[],
): Promise<ReadonlyMap<string, string>> {
  // A request without an address has a network, and no name.
  const known = sources.filter(({ address }) => isIP(address) !== 0);
  if (known.length === 0) return new Map();
  const rows = await readRows(client, networkNamesQuery, {
    addresses: known.map(({ address }) => address),
    asns: [...new Set(known.map(({ asn }) => asn))],
  });
  return new Map(rows.map(({ address, network_name }) => [address, network_name]));
}

/** A block that people at home or on the road share, and whose network it is. */
export interface IspBlock {
  readonly block: string;
  readonly networkName: string;
}

const ispBlocksQuery = defineQuery("networks/isp-blocks", {
  params: { blocks: listOf(z.string()), wide: listOf(z.string()) },
  row: { block: z.string(), network_name: z.string() },
});

/** Of some blocks (canonical CIDR) those that hold a whole network of an ISP, or lie in one and are among the `wide` ones. */
export async function readIspBlocks(
  client: ClickHouseClient,
  blocks: readonly string[],
  wide: readonly string[],
): Promise<IspBlock[]> {
  if (blocks.length === 0) return [];
  const rows = await readRows(client, ispBlocksQuery, { blocks, wide });
  return rows.map(({ block, network_name }) => ({ block, networkName: network_name }));
}

/**
 * Replaces what is on file about networks, all at once: readers see the old table or the new one. Returns the number of blocks.
 * Two that replace it at the same time do not mix: each writes a table of its own, and the last one to be done counts.
 */
export async function replaceNetworks(
  client: ClickHouseClient,
  networks: NetworkTable,
  version: string,
  now: number,
): Promise<number> {
  await dropLeftOvers(client);
  const next = `networks_next_${randomBytes(6).toString("hex")}`;
  const count = { prefixes: 0 };
  await client.command({ query: "CREATE TABLE {next:Identifier} AS networks", query_params: { next } });
  try {
    await client.insert({
      table: next,
      columns: COLUMNS,
      values: Readable.from(linesOf(networks, `${version}\t${Math.floor(now / 1000)}`, count), { objectMode: false }),
      format: "TabSeparated",
      clickhouse_settings: { async_insert: 0 },
    });
    // The name is our own: a parameter is not taken here.
    await client.command({ query: `ALTER TABLE networks REPLACE PARTITION tuple() FROM ${next}` });
  } finally {
    await client.command({ query: "DROP TABLE IF EXISTS {next:Identifier} SYNC", query_params: { next } });
  }
  return count.prefixes;
}

const dictionaryStatusQuery = defineQuery("networks/dictionary-status", { params: {}, row: { status: z.string() } });

/**
 * Loads the analysts' dictionary again where it is in use; elsewhere it loads itself when it is first asked.
 * @throws ClickHouseError when the account may not do that, or the dictionary cannot read its table.
 */
export async function reloadNetworkDictionary(client: ClickHouseClient): Promise<"reloaded" | "not loaded"> {
  if ((await readRows(client, dictionaryStatusQuery, {})).length === 0) return "not loaded";
  await client.command({ query: "SYSTEM RELOAD DICTIONARY network_of" });
  return "reloaded";
}

const leftOverTablesQuery = defineQuery("networks/left-over-tables", {
  params: { seconds: z.number() },
  row: { name: z.string() },
});

async function dropLeftOvers(client: ClickHouseClient): Promise<void> {
  for (const { name } of await readRows(client, leftOverTablesQuery, { seconds: LEFT_OVER_SECONDS })) {
    await client.command({ query: "DROP TABLE IF EXISTS {name:Identifier} SYNC", query_params: { name } });
  }
}

function* linesOf(networks: NetworkTable, ending: string, count: { prefixes: number }): Generator<string> {
  let piece = "";
  for (const { first, last, network } of networks.ranges()) {
    const about = `${network.asn}\t${escapeTab(network.name)}\t${network.type}\t${ending}\n`;
    for (const prefix of rangeToPrefixes(first, last)) {
      piece += `${printPrefix(prefix)}\t${about}`;
      count.prefixes++;
    }
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** A text as ClickHouse reads it from a tab-separated line. */
function escapeTab(text: string): string {
  if (!/[\\\t\n\r]/.test(text)) return text;
  return text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
