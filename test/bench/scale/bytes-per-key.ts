import type { Store } from "../../../src/store/store.js";
import { DAY_MS, dayStart } from "../../../src/time/day.js";

/** Tables with a partition for each day. */
const MINUTE_TABLES = ["usage_minutes", "source_minutes", "route_minutes"];
/** A day of the others is copied into a table of the same kind: what is a day's is the rows that this takes. */
const COPIED: Readonly<Record<string, string>> = {
  usage_hours: hoursOf("usage_minutes", ""),
  source_hours: hoursOf("source_minutes", "source_ip, asn, network_type"),
  route_hours: hoursOf("route_minutes", "method, route, scope"),
  baselines: "SELECT * FROM baselines WHERE day = {day:Date}",
};

/** How many bytes on disk a key takes. */
export interface BytesPerKey {
  readonly table: string;
  /** Of each day; null where a table grows with what is new. */
  readonly aDay: number | null;
  readonly inAll: number | null;
}

/** Bytes on disk of a day (`YYYY-MM-DD`) that was filled and learned, by table, for each of the keys. */
export async function readBytesPerKey(store: Store, keys: number, day: string): Promise<BytesPerKey[]> {
  const bytes = async (table: string, partition: string | null) => {
    const result = await store.client.query({
      query: `SELECT sum(bytes_on_disk) AS bytes FROM system.parts
              WHERE database = currentDatabase() AND table = {table:String} AND active AND partition = coalesce({partition:Nullable(String)}, partition)`,
      query_params: { table, partition },
      format: "JSONEachRow",
    });
    return Math.round(Number((await result.json<{ bytes: string }>())[0]!.bytes) / keys);
  };
  const found: BytesPerKey[] = [];
  for (const table of MINUTE_TABLES) found.push({ table, aDay: await bytes(table, day), inAll: null });
  for (const [table, rows] of Object.entries(COPIED)) {
    const copy = `copied_${table}`;
    const run = async (query: string) =>
      store.client.command({
        query,
        query_params: { day, from: dayStart(day) / 1000, until: (dayStart(day) + DAY_MS) / 1000 },
        clickhouse_settings: { max_execution_time: 0 },
      });
    await run(`CREATE TABLE ${copy} AS ${table}`);
    await run(`INSERT INTO ${copy} ${rows}`);
    await run(`OPTIMIZE TABLE ${copy} FINAL`);
    found.push({ table, aDay: await bytes(copy, null), inAll: null });
    await run(`DROP TABLE ${copy} SYNC`);
  }
  return [...found, { table: "first_seen", aDay: null, inAll: await bytes("first_seen", null) }];
}

/** What the view that fills a table of hours makes of a day of minutes. */
function hoursOf(minutes: string, by: string): string {
  const names = ["hour", "key_id", "observed_by", ...(by === "" ? [] : [by])].join(", ");
  const sums = ["requests", "served", "errors", "throttled", "denied", "bytes", "unit_millis", "spend_micros"];
  return `(${names}, ${sums.join(", ")})
    SELECT toStartOfHour(minute) AS hour, ${names.slice("hour, ".length)}, ${sums.map((name) => `sum(m.${name})`).join(", ")}
    FROM ${minutes} AS m
    WHERE minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({until:UInt32}, 'UTC')
    GROUP BY ${names}`;
}
