import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { keepIncidentDay, readIncidentsToKeep, readKeptDays } from "./incident-events.js";
import { readIncidentOfPage } from "./incident-of-page.js";
import { readIncidentRows } from "./incident-lives.js";
import { insertTransition, readUnqueuedPages, unlistIncidents } from "./incidents.js";
import { insertExpectation, readSuppressionRevisions } from "./suppressions.js";

/** What the room incident asks of ClickHouse. */
export type IncidentStore = Readonly<ReturnType<typeof openIncidentStore>>;

/** Binds the room's functions to a client. */
export function openIncidentStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readIncidentsToKeep: bind(readIncidentsToKeep),
    readKeptDays: bind(readKeptDays),
    keepIncidentDay: bind(keepIncidentDay),
    readIncidentOfPage: bind(readIncidentOfPage),
    insertTransition: bind(insertTransition),
    unlistIncidents: bind(unlistIncidents),
    readIncidentRows: bind(readIncidentRows),
    readUnqueuedPages: bind(readUnqueuedPages),
    insertExpectation: bind(insertExpectation),
    readSuppressionRevisions: bind(readSuppressionRevisions),
  };
}
