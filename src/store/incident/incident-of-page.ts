import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag } from "../clickhouse/define-query.js";

/** An incident that PagerDuty speaks of. */
export interface PagedIncident {
  readonly incidentId: string;
  /** False where it speaks of a notification that a newer one has followed. */
  readonly isOfNewest: boolean;
}

const incidentOfPageQuery = defineQuery("incident/incident-of-page", {
  params: { dedup_key: z.string(), url: z.string() },
  row: { incident_id: z.string(), is_of_newest: flag },
});

/** The incident of a dedup key or, without one, of an address in PagerDuty that an earlier event told; null when neither is known. */
export async function readIncidentOfPage(
  client: ClickHouseClient,
  dedupKey: string,
  url: string,
): Promise<PagedIncident | null> {
  const [row] = await readRows(client, incidentOfPageQuery, { dedup_key: dedupKey, url });
  return row === undefined ? null : { incidentId: row.incident_id, isOfNewest: row.is_of_newest === 1 };
}
