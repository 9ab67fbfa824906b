import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** A count of checks by outcome, of the last day, or of pages by state. */
export interface HealthFigure {
  readonly what: "checks" | "pages";
  readonly label: string;
  readonly n: number;
}

/** Figures of checks and pages. Throws ClickHouse's error. */
export async function readHealthFigures(client: ClickHouseClient): Promise<HealthFigure[]> {
  return readRows<HealthFigure>(client, "watch/health-figures", {});
}
