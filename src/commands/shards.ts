import { Command } from "commander";
import { shardUrls } from "../clickhouse-urls.js";
import { openShards, shardDatabaseOf } from "../store/clickhouse/clickhouse-client.js";
import { readPlace } from "../store/clickhouse/shard-places.js";
import { gigabytes } from "../pipeline/shards/judge-move.js";
import { readKeyCount, readTraffic } from "../store/shards/examine-move.js";
import { readServer, readTables } from "../store/shards/open-move.js";
import { printTable } from "./print-table.js";
import { action, explained, EXIT, openConfig, type ExitCode } from "./run-command.js";
import { addCommand } from "./shards-add.js";

const COLUMNS = [
  { title: "SERVER" },
  { title: "AT" },
  { title: "CLICKHOUSE" },
  { title: "KEYS", right: true },
  { title: "ROWS", right: true },
  { title: "DISK", right: true },
  { title: "FREE", right: true },
];

/** `plimsoll shards [add]`: the ClickHouse servers that traffic lies on, and one more of them. */
export function shardsCommand(): Command {
  return new Command("shards")
    .summary("ClickHouse servers: list them, or add one while traffic flows")
    .description(
      "Lists the servers of CLICKHOUSE_URL in their order: which one each is, how many keys and rows of traffic it has, and its disk.\n" +
        "`shards add` gives a further server its share of the keys, with all their traffic: docs/shards.md.",
    )
    .option("--json", "print an array")
    .addHelpText("after", "\nExit code: 0 listed, 2 usage, 3 a server is unreachable.")
    .addCommand(addCommand())
    .action(action(listShards));
}

async function listShards({ json }: { readonly json?: boolean }): Promise<ExitCode> {
  const { CLICKHOUSE_URL: url } = openConfig();
  const part = shardDatabaseOf(url);
  const clients = openShards(url);
  try {
    const rows = await Promise.all(
      clients.map(async (client, index) => {
        const hasPlace = clients.length > 1 && (await readTables(client, part)).has("shard_places");
        const place = hasPlace ? await readPlace(client) : undefined;
        const { version, freeBytes } = await readServer(client);
        const { rows: count, bytes } = await readTraffic(client, part);
        return {
          server: place?.number ?? (clients.length === 1 ? 1 : null),
          of: place?.shards ?? clients.length,
          host: new URL(shardUrls(url)[index]!.reveal()).host,
          version,
          keys: await readKeyCount(client),
          rows: count,
          disk_bytes: bytes,
          free_bytes: freeBytes,
        };
      }),
    );
    console.log(json === true ? JSON.stringify(rows) : printTable(COLUMNS, rows.map(toCells)));
    return EXIT.ok;
  } catch (error) {
    throw explained(error);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

interface ListedServer {
  readonly server: number | null;
  readonly of: number;
  readonly host: string;
  readonly version: string;
  readonly keys: number;
  readonly rows: number;
  readonly disk_bytes: number;
  readonly free_bytes: number;
}

function toCells(one: ListedServer): string[] {
  return [
    one.server === null ? "none yet" : `${one.server} of ${one.of}`,
    one.host,
    one.version,
    one.keys.toLocaleString("en"),
    one.rows.toLocaleString("en"),
    gigabytes(one.disk_bytes),
    gigabytes(one.free_bytes),
  ];
}
