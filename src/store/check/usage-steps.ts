import { z } from "zod";
import { OBSERVERS } from "../../model/event/request-event.js";
import type { Subject } from "../../model/subject.js";
import { readBinary } from "../clickhouse/binary-rows.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineBinaryQuery, listOf } from "../clickhouse/define-query.js";

/** What subjects were served in each of a row of steps: `count` figures of each, one subject after the other. */
export interface UsageSteps {
  readonly subjects: readonly Subject[];
  readonly count: number;
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

/** A key id of one byte, its length, the observer, and the lengths of two arrays. */
const LEAST_BYTES_BESIDE = 5;

/** What every key was served step by step. @throws RangeError when these are more than MOST_STEPS */
export async function readUsageSteps(
  client: ClickHouseClient,
  { from, until, stepMs, keys }: StepsRequest,
  asOf: number | null,
): Promise<UsageSteps> {
  const count = Math.ceil((until - from) / stepMs);
  if (count > MOST_STEPS) throw new RangeError(`${count} steps are more than ${MOST_STEPS}`);
  const params = { from: from / 1000, until: until / 1000, step: stepMs / 1000, count, keys };
  const rows = await readBinary(client, usageStepsQuery, params, asOf);
  const room = rows.mostRows(LEAST_BYTES_BESIDE + 2 * 8 * count) * count;
  const [requests, spendMicros] = [new Float64Array(room), new Float64Array(room)];
  const subjects: Subject[] = [];
  while (rows.more()) {
    const at = subjects.length * count;
    subjects.push({ keyId: rows.text(), observedBy: OBSERVERS[rows.byte() - 1]! });
    rows.floatsInto(requests, at, count);
    rows.floatsInto(spendMicros, at, count);
  }
  return { subjects, count, requests, spendMicros };
}
