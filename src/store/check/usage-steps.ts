import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { Subject } from "../../model/subject.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

/** What a key was served in each of a row of steps. */
export interface UsageSteps extends Subject {
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
}

/** Steps of equal length from a minute on (epoch ms), the last of which may be cut short. */
export interface StepsRequest {
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
  /** None: every key. */
  readonly keys: readonly string[];
}

/** So many steps can be asked for at once. */
const MOST_STEPS = 24;

const usageStepsQuery = defineBinaryQuery("check/usage-steps", {
  asOf: true,
  params: { from: z.number(), until: z.number(), step: z.number(), count: z.number(), keys: listOf(z.string()) },
  row: {
    key_id: z.string(),
    observer: z.number(),
    step_requests: z.array(z.number()),
    step_spend: z.array(z.number()),
  },
});

/** What every key was served step by step. @throws RangeError when these are more than MOST_STEPS */
export async function readUsageSteps(
  client: ClickHouseClient,
  { from, until, stepMs, keys }: StepsRequest,
  asOf: number | null,
): Promise<UsageSteps[]> {
  const count = Math.ceil((until - from) / stepMs);
  if (count > MOST_STEPS) throw new RangeError(`${count} steps are more than ${MOST_STEPS}`);
  const params = { from: from / 1000, until: until / 1000, step: stepMs / 1000, count, keys };
  const rows = await readBinary(client, usageStepsQuery, params, asOf);
  const found: UsageSteps[] = [];
  while (rows.more()) {
    const keyId = rows.text();
    const observedBy = OBSERVERS[rows.byte() - 1]!;
    found.push({ keyId, observedBy, requests: rows.floats(), spendMicros: rows.floats() });
  }
  return found;
}
