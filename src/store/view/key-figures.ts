import { z } from "zod";
import type { FormerIds } from "../../model/key/former-ids.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";

/** What is counted of a key in the last 24 hours. */
export type KeyFigure = "requests" | "spend" | "refused";

const keyFiguresQuery = defineQuery("view/key-figures", {
  params: {
    by: z.string(),
    now: z.date(),
    keys: listOf(z.string()),
    former: listOf(z.string()),
    present: listOf(z.string()),
    most: z.number(),
  },
  row: { key_id: z.string(), figure: z.number() },
});

/** Which keys are asked for: some, by all their ids, or all. */
export interface FiguresQuestion {
  readonly by: KeyFigure;
  readonly keyIds: readonly string[] | "all";
  readonly formerIds: FormerIds;
  readonly most: number;
}

/** Keys by their present ids, those first that had the most of something in the 24 hours before an instant (epoch ms), as the one saw it that saw most; what had none is in no row. */
export async function readKeyFigures(
  client: ClickHouseClient,
  now: number,
  { by, keyIds, formerIds, most }: FiguresQuestion,
): Promise<ReadonlyMap<string, number>> {
  const names = [...formerIds].flatMap(([present, ids]) => ids.map((former) => [former, present] as const));
  const rows = await readRows(client, keyFiguresQuery, {
    by,
    now: new Date(now),
    keys: keyIds === "all" ? [] : keyIds,
    former: names.map(([former]) => former),
    present: names.map(([, present]) => present),
    most,
  });
  return new Map(rows.map((row) => [row.key_id, row.figure]));
}
