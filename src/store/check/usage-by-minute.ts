import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { Subject } from "../../model/subject.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

/** What a key was served: `requests[i]` in minute `at[i]` of a span, in any order, and more than once in a minute. */
export interface UsageByMinute extends Subject {
  readonly at: Float64Array;
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

const usageByMinuteQuery = defineBinaryQuery("check/usage-by-minute", {
  params: { from: z.number(), until: z.number(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observer: z.number(),
    at: z.array(z.number()),
    minute_requests: z.array(z.number()),
    minute_spend: z.array(z.number()),
  },
});

/** What some keys (none: every key) were served in the minutes of whole quarters of an hour (epoch ms, half-open). */
export async function readUsageByMinute(
  client: ClickHouseClient,
  { from, until, keys }: { readonly from: number; readonly until: number; readonly keys: readonly string[] },
): Promise<UsageByMinute[]> {
  const rows = await readBinary(client, usageByMinuteQuery, { from: from / 1000, until: until / 1000, keys });
  const found: UsageByMinute[] = [];
  while (rows.more()) {
    const keyId = rows.text();
    const observedBy = OBSERVERS[rows.byte() - 1]!;
    found.push({ keyId, observedBy, at: rows.floats(), requests: rows.floats(), spendMicros: rows.floats() });
  }
  return found;
}
