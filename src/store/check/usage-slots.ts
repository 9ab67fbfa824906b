import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import type { Subject } from "../../model/subject.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

const floats = z.array(z.number());
const usageSlotsQuery = defineBinaryQuery("check/usage-slots", {
  asOf: true,
  params: { hour: z.number(), keys: listOf(z.string()) },
  row: { key_id: z.string(), observer: z.number(), requests: floats, spend_micros: floats },
});

/** Whole numbers from 0 on, in as little memory as they fit into. */
type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** What a key was served in slots of five minutes of two days, ascending; slots without requests are left out. */
export interface UsageSlots extends Subject {
  readonly at: ArrayLike<number>;
  readonly requests: ArrayLike<number>;
  readonly spendMicros: ArrayLike<number>;
}

/** What some keys (none: every key) were served in the 576 slots of five minutes of a day (epoch ms) and the day before it. */
export async function readUsageSlots(
  client: ClickHouseClient,
  dayStart: number,
  asOf: number | null,
  keys: readonly string[] = [],
): Promise<UsageSlots[]> {
  const rows = await readBinary(client, usageSlotsQuery, { hour: Math.floor(dayStart / 1000), keys }, asOf);
  const found: UsageSlots[] = [];
  // Of the key that is read: both columns before the next one is lent.
  const [requests, spendMicros] = [new Float64Array(2 * SLOTS_PER_DAY), new Float64Array(2 * SLOTS_PER_DAY)];
  const [used, some] = [new Uint16Array(2 * SLOTS_PER_DAY), new Float64Array(2 * SLOTS_PER_DAY)];
  while (rows.more()) {
    const [keyId, observedBy] = [rows.text(), OBSERVERS[rows.byte() - 1]!];
    requests.set(rows.lent());
    spendMicros.set(rows.lent());
    let length = 0;
    for (let slot = 0; slot < requests.length; slot += 1) {
      if (requests[slot] !== 0 || spendMicros[slot] !== 0) used[length++] = slot;
    }
    const at = used.slice(0, length);
    const ofUsed = (values: Float64Array) => {
      for (let i = 0; i < length; i += 1) some[i] = values[at[i]!]!;
      return narrow(some.subarray(0, length));
    };
    found.push({ keyId, observedBy, at, requests: ofUsed(requests), spendMicros: ofUsed(spendMicros) });
  }
  return found;
}

function narrow(values: Float64Array): Column {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, values[i]!);
  if (most < 2 ** 8) return new Uint8Array(values);
  if (most < 2 ** 16) return new Uint16Array(values);
  return most < 2 ** 32 ? new Uint32Array(values) : values.slice();
}
