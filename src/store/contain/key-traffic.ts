import { z } from "zod";
import type { KeyTraffic } from "../../model/finding/key-traffic.js";
import type { Subject } from "../../model/subject.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** A key, by every id that it has, as one observer saw it. */
export interface WatchedKey {
  readonly keyIds: readonly string[];
  readonly observedBy: Subject["observedBy"];
}

const sourcesOfKeyQuery = defineQuery("contain/sources-of-key", {
  params: { keys: listOf(z.string()), observed_by: z.string(), from: z.date(), to: z.date() },
  row: {
    source_ip: z.string(),
    requests: z.number(),
    served: z.number(),
    busiest_minute: z.number(),
    last_ms: z.number(),
    all_addresses: z.number(),
    all_requests: z.number(),
  },
});

/** From where a key was used in a span (epoch ms, half-open): the 5,000 busiest addresses. */
export async function readKeyTraffic(
  client: ClickHouseClient,
  { keyIds, observedBy }: WatchedKey,
  from: number,
  to: number,
): Promise<KeyTraffic> {
  const params = { keys: keyIds, observed_by: observedBy, from: new Date(from), to: new Date(to) };
  const rows = await readRows(client, sourcesOfKeyQuery, params);
  return {
    from,
    to,
    addresses: rows[0]?.all_addresses ?? 0,
    requests: rows[0]?.all_requests ?? 0,
    sources: rows.map((row) => ({
      address: plainAddress(row.source_ip),
      requests: row.requests,
      served: row.served,
      busiestMinute: row.busiest_minute,
      lastAt: row.last_ms,
    })),
  };
}

const knownWithinQuery = defineQuery("contain/known-within", {
  params: { keys: listOf(z.string()), observed_by: z.string(), networks: listOf(z.string()), before: z.number() },
  row: { address: z.string() },
});

/** Addresses within some blocks (CIDR) at which a key was served before an instant (epoch ms). */
export async function readKnownWithin(
  client: ClickHouseClient,
  { keyIds, observedBy }: WatchedKey,
  networks: readonly string[],
  before: number,
): Promise<string[]> {
  if (networks.length === 0) return [];
  const params = {
    keys: keyIds,
    observed_by: observedBy,
    networks: networks.map(mappedBlock),
    before: Math.floor(before / 1000),
  };
  return (await readRows(client, knownWithinQuery, params)).map(({ address }) => plainAddress(address));
}

/** A block as addresses are stored: IPv4 in its IPv6 coat. */
function mappedBlock(network: string): string {
  const [address = "", bits] = network.split("/");
  if (address.includes(":")) return `${address}/${bits ?? 128}`;
  return `::ffff:${address}/${96 + Number(bits ?? 32)}`;
}

const usualRateQuery = defineQuery("contain/usual-rate", {
  params: { keys: listOf(z.string()), observed_by: z.string(), from: z.number(), to: z.number() },
  row: { p99: z.number(), minutes: z.number(), most_served: z.number() },
});

/** How much of a key's use fell into one minute, of the minutes in which it was used. */
export interface MinuteRates {
  /** In 99 of a hundred minutes no more requests than this. */
  readonly p99: number;
  readonly minutes: number;
  /** Requests served in the busiest minute. */
  readonly mostServed: number;
}

/** The rates of a key in a span (epoch ms, half-open, whole minutes count). */
export async function readMinuteRates(
  client: ClickHouseClient,
  { keyIds, observedBy }: WatchedKey,
  from: number,
  to: number,
): Promise<MinuteRates> {
  const span = { from: Math.floor(from / 1000), to: Math.floor(to / 1000) };
  const [row] = await readRows(client, usualRateQuery, { keys: keyIds, observed_by: observedBy, ...span });
  return { p99: row?.p99 ?? 0, minutes: row?.minutes ?? 0, mostServed: row?.most_served ?? 0 };
}

const observedMinutesQuery = defineQuery("contain/observed-minutes", {
  params: { from: z.number(), to: z.number() },
  row: { minutes: z.number() },
});

/** In how many minutes of a span (epoch ms, whole minutes) any source of events was heard. */
export async function readObservedMinutes(client: ClickHouseClient, from: number, to: number): Promise<number> {
  const [row] = await readRows(client, observedMinutesQuery, { from: from / 1000, to: to / 1000 });
  return row?.minutes ?? 0;
}
