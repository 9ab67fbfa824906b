import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { onlyKeys } from "./findings.js";

/** When the newest finding of a subject was made (epoch ms), and the windows it was seen in. */
export interface NewestFinding {
  /** Cause, subject and, without a subject, key, with blanks between. */
  readonly name: string;
  readonly tick: number;
  readonly window: number | undefined;
  readonly novel: Readonly<Record<string, { readonly requests: readonly number[] }>>;
  /** Of the last request that it is about, epoch ms; null where it does not say. */
  readonly lastAt: number | null;
  /** Whether these go on; null where it does not say. */
  readonly isGoingOn: boolean | null;
}

const newestFindingsQuery = defineQuery("check/newest-findings", {
  params: { since: z.number(), subjects: listOf(z.string()), keys: listOf(z.string()) },
  row: {
    name: z.string(),
    tick_s: z.number(),
    window: z.number().nullable(),
    novel: z.string(),
    last_at: z.string(),
    goes_on: z.number().nullable(),
  },
});

/** The newest findings since an instant (epoch ms) of some subjects, named as in NewestFinding. */
export async function readNewestFindings(
  client: ClickHouseClient,
  subjects: readonly string[],
  since: number,
): Promise<NewestFinding[]> {
  if (subjects.length === 0) return [];
  const params = { subjects, keys: onlyKeys(subjects), since: Math.floor(since / 1000) };
  const rows = await readRows(client, newestFindingsQuery, params);
  return rows.map(({ name, tick_s, window, novel, last_at, goes_on }) => ({
    name,
    tick: tick_s * 1000,
    window: window ?? undefined,
    novel: novel === "" ? {} : (JSON.parse(novel) as NewestFinding["novel"]),
    lastAt: last_at === "" ? null : Date.parse(last_at),
    isGoingOn: goes_on === null ? null : goes_on === 1,
  }));
}
