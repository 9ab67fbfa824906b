import { readRows, type ClickHouseClient } from "./clickhouse.js";
import { plainAddress } from "./evidence.js";
import { noveltyParams, type NovelWindows, type NoveltyContext } from "./usage.js";

/** A /24 (IPv6: /64) that nobody used until lately and that several keys use now. */
export interface SharedNewcomer {
  /** Its first address, as ClickHouse prints it: what readSharedTraffic takes. */
  readonly network: string;
  readonly keys: readonly string[];
}

/** What one key did from one such network before a tick, at one level of novelty. */
export interface SharedTraffic extends NovelWindows {
  readonly network: string;
  /** Epoch ms of the first such minute in the 24 hours before the tick. */
  readonly firstAt: number;
}

/** Networks that nobody used until `since` and at least two keys before `until` (epoch ms). */
export async function readSharedNewcomers(
  client: ClickHouseClient,
  since: number,
  until: number,
  asOf: number | null,
): Promise<SharedNewcomer[]> {
  const params = { since: Math.floor(since / 1000), until: Math.floor(until / 1000) };
  return readRows<{ network: string; keys: string[] }>(client, "shared-newcomers", params, asOf);
}

/** Traffic of every key from some networks before each tick, as far as it was new to the key; the ticks lie in (hour, hour + 1 h]. */
export async function readSharedTraffic(
  client: ClickHouseClient,
  {
    hour,
    ticks,
    newcomers,
    ...context
  }: NoveltyContext & {
    readonly hour: number;
    readonly ticks: readonly number[];
    readonly newcomers: readonly SharedNewcomer[];
  },
  asOf: number | null,
): Promise<SharedTraffic[]> {
  if (newcomers.length === 0) return [];
  type Row = {
    tick_s: number;
    network: string;
    key_id: string;
    observed_by: SharedTraffic["observedBy"];
    level: SharedTraffic["level"];
    requests_by_window: SharedTraffic["requests"];
    spend_by_window: SharedTraffic["spendMicros"];
    slots_by_window: SharedTraffic["slots"];
    first_s: number;
  };
  const keys = [...new Set(newcomers.flatMap((newcomer) => newcomer.keys))];
  const params = {
    ...noveltyParams({ hour, until: hour + 3_600_000, keys }, context),
    ticks: ticks.map((tick) => Math.floor(tick / 1000)),
    networks: newcomers.map(({ network }) => network),
  };
  const rows = await readRows<Row>(client, "shared-traffic", params, asOf);
  return rows.map((row) => ({
    tick: row.tick_s * 1000,
    network: row.network,
    keyId: row.key_id,
    observedBy: row.observed_by,
    level: row.level,
    requests: row.requests_by_window,
    spendMicros: row.spend_by_window,
    slots: row.slots_by_window,
    firstAt: row.first_s * 1000,
  }));
}

/** A network as people write it. */
export function networkText(network: string): string {
  const plain = plainAddress(network);
  return plain.includes(".") ? `${plain}/24` : `${plain}/64`;
}
