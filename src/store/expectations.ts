import type { Expectation } from "../model/expectation.js";
import type { Cause } from "../model/finding.js";
import { insertOnce, readRows, type ClickHouseClient } from "./clickhouse.js";

/** Records what a person said; once, however often it is tried. */
export async function insertExpectation(client: ClickHouseClient, one: Expectation): Promise<void> {
  const row = {
    expectation_id: one.expectationId,
    incident_id: one.incidentId,
    key_id: one.keyId,
    cause: one.cause,
    subject: one.subject,
    networks: one.networks,
    from: new Date(one.from).toISOString(),
    until: new Date(one.until).toISOString(),
    actor: one.actor,
    note: one.note,
  };
  await insertOnce(client, "expectations", [row], `expectation:${one.expectationId}`);
}

/** Expectations that hold at an instant (epoch ms) or later; with an incident, all that were ever said of it. */
export async function readExpectations(client: ClickHouseClient, at: number, incidentId = ""): Promise<Expectation[]> {
  type Row = {
    expectation_id: string;
    incident_id: string;
    key_id: string;
    cause: Cause;
    subject: string;
    networks: string[];
    from_ms: number;
    until_ms: number;
    actor: string;
    note: string;
  };
  const rows = await readRows<Row>(client, "expectations", { at: new Date(at), incident: incidentId });
  return rows.map((row) => ({
    expectationId: row.expectation_id,
    incidentId: row.incident_id,
    keyId: row.key_id,
    cause: row.cause,
    subject: row.subject,
    networks: row.networks,
    from: row.from_ms,
    until: row.until_ms,
    actor: row.actor,
    note: row.note,
  }));
}
