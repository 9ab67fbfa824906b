import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";

/** An incident that PagerDuty speaks of. */
export interface PagedIncident {
  readonly incidentId: string;
  /** False where it speaks of a notification that a newer one has followed. */
  readonly isOfNewest: boolean;
}

/** The incident of a dedup key or, without one, of an address in PagerDuty that an earlier event told; null when neither is known. */
export async function readIncidentOfPage(
  client: ClickHouseClient,
  dedupKey: string,
  url: string,
): Promise<PagedIncident | null> {
  type Row = { incident_id: string; is_of_newest: boolean | number };
  const [row] = await readRows<Row>(client, "incident/incident-of-page", { dedup_key: dedupKey, url });
  return row === undefined ? null : { incidentId: row.incident_id, isOfNewest: Boolean(row.is_of_newest) };
}
