import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery } from "../clickhouse/define-query.js";

/** A count of checks by outcome, of the last day, or of pages by state. */
export interface HealthFigure {
  readonly what: "checks" | "pages";
  readonly label: string;
  readonly n: number;
}

const healthFiguresQuery = defineQuery("watch/health-figures", {
  params: {},
  row: { what: z.enum(["checks", "pages"]), label: z.string(), n: z.number() },
});

/** Figures of checks and pages. Throws ClickHouse's error. */
export async function readHealthFigures(client: ClickHouseClient): Promise<HealthFigure[]> {
  return readRows(client, healthFiguresQuery, {});
}
