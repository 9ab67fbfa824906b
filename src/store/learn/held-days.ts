import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import type { Subject } from "../../model/subject.js";

/** As much of a snapshot as tells on how many days networks did not age, and whether it is in force. */
export interface HeldDays extends Subject {
  readonly frozenDays: number;
  readonly weekly: { readonly length: number };
  readonly daily: { readonly length: number };
  readonly flat: number;
}

const heldDaysQuery = defineQuery("learn/held-days", {
  params: { day: z.string(), visible: z.date(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    held: z.number(),
    weekly_slots: z.number(),
    daily_slots: z.number(),
    flat: z.number(),
  },
});

/** What the snapshots of a day (`YYYY-MM-DD`) say of it for some keys, as they were visible at an instant (epoch ms). */
export async function readHeldDays(
  client: ClickHouseClient,
  day: string,
  visible: number,
  keys: readonly string[],
): Promise<HeldDays[]> {
  if (keys.length === 0) return [];
  const rows = await readRows(client, heldDaysQuery, { day, visible: new Date(visible), keys });
  return rows.map((row) => ({
    keyId: row.key_id,
    observedBy: row.observed_by,
    frozenDays: row.held,
    weekly: { length: row.weekly_slots },
    daily: { length: row.daily_slots },
    flat: row.flat,
  }));
}
