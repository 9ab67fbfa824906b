import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";
import type { Span } from "./key-history.js";

const clientDaysQuery = defineQuery("view/client-days", {
  params: { from: z.date(), to: z.date() },
  row: { day: z.string() },
});

const clientUseQuery = defineQuery("view/client-use", {
  params: { client: z.string(), from: z.date(), to: z.date(), days: listOf(z.string()), most: z.number() },
  row: {
    key_id: z.string(),
    observed_by: z.string(),
    client: z.string(),
    first_s: z.number(),
    last_s: z.number(),
    requests: z.number(),
    unserved: z.number(),
    spend_micros: z.number(),
    rows: z.number(),
  },
});
/** A key that a client used, as one kind of observer saw it; seconds since 1970. `rows` is how many there are in all. */
export type ClientUse = RowOf<typeof clientUseQuery>;

/** Keys that clients with a text in their name used in a span (epoch ms), those used last first. */
export async function readClientUse(
  client: ClickHouseClient,
  name: string,
  { from, to }: Span,
  most: number,
): Promise<ClientUse[]> {
  const span = { from: new Date(from), to: new Date(to) };
  // A day that is not there whole is read by minute: the same, from more rows.
  const days = (await readRows(client, clientDaysQuery, span)).map(({ day }) => day);
  return readRows(client, clientUseQuery, { client: name.toLowerCase(), ...span, days, most });
}
