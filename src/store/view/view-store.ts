import { readNetworkEver } from "./network-ever.js";
import { readPublicReports } from "./public-reports.js";
import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readBlamedNetworks, readBlamedUsage, readUnknownHours } from "./blamed-usage.js";
import { readObservedAlarms } from "./budget-audit.js";
import { readFamilyBirth } from "./family-birth.js";
import { readAtRisk, readBusyHours, readFleetDay, readFleetHours } from "./fleet.js";
import { readClientUse } from "./client-use.js";
import { readLatelyServed, readNearLimit, readRawRequests, readUsedScopes } from "./fleet-questions.js";
import { readFoundCauses } from "./found-causes.js";
import { readIncidentFlows } from "./incident-flows.js";
import { readFindingSummaries, readIncidentList, readIncidentsOfKey } from "./incident-list.js";
import { readInvestigationSessions } from "./investigation-sessions.js";
import { readInvestigationSources, readInvestigationUses } from "./investigation.js";
import { readObservedSlots, readKeyHours, readNetworkSteps, readRoutesOfKey } from "./key-history.js";
import { readKeyFigures } from "./key-figures.js";
import { readLimitMinutes } from "./limit-minutes.js";
import { readFindingsPage, readIncidentsPage } from "./listings.js";
import { readNamesOfNetworks, readNetworkKeys, readNetworkRoutes } from "./network-keys.js";
import { readNetworkSharers, readOwnerNetworks, readOwnerUse } from "./owner-use.js";
import { readNeverServed } from "./never-served.js";
import { readRefusedFirst } from "./refused-first.js";
import { searchIncidents, searchNetworks, searchUsedKeys } from "./search.js";
import { readUsagePage } from "./usage-page.js";

/** What the room view asks of ClickHouse. */
export type ViewStore = Readonly<ReturnType<typeof openViewStore>>;

/** Binds the room's functions to a client. */
export function openViewStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readBlamedNetworks: bind(readBlamedNetworks),
    readBlamedUsage: bind(readBlamedUsage),
    readObservedAlarms: bind(readObservedAlarms),
    readFamilyBirth: bind(readFamilyBirth),
    readFleetDay: bind(readFleetDay),
    readFleetHours: bind(readFleetHours),
    readBusyHours: bind(readBusyHours),
    readAtRisk: bind(readAtRisk),
    readFoundCauses: bind(readFoundCauses),
    readFindingSummaries: bind(readFindingSummaries),
    readIncidentFlows: bind(readIncidentFlows),
    readIncidentList: bind(readIncidentList),
    readIncidentsOfKey: bind(readIncidentsOfKey),
    readInvestigationSources: bind(readInvestigationSources),
    readInvestigationSessions: bind(readInvestigationSessions),
    readInvestigationUses: bind(readInvestigationUses),
    readKeyHours: bind(readKeyHours),
    readObservedSlots: bind(readObservedSlots),
    readNamesOfNetworks: bind(readNamesOfNetworks),
    readNetworkEver: bind(readNetworkEver),
    readNetworkKeys: bind(readNetworkKeys),
    readNetworkRoutes: bind(readNetworkRoutes),
    readNetworkSteps: bind(readNetworkSteps),
    readNeverServed: bind(readNeverServed),
    readRoutesOfKey: bind(readRoutesOfKey),
    readLimitMinutes: bind(readLimitMinutes),
    readFindingsPage: bind(readFindingsPage),
    readIncidentsPage: bind(readIncidentsPage),
    readUsagePage: bind(readUsagePage),
    readClientUse: bind(readClientUse),
    readKeyFigures: bind(readKeyFigures),
    readLatelyServed: bind(readLatelyServed),
    readUsedScopes: bind(readUsedScopes),
    readNearLimit: bind(readNearLimit),
    readRawRequests: bind(readRawRequests),
    readOwnerNetworks: bind(readOwnerNetworks),
    readOwnerUse: bind(readOwnerUse),
    readNetworkSharers: bind(readNetworkSharers),
    readPublicReports: bind(readPublicReports),
    readRefusedFirst: bind(readRefusedFirst),
    readUnknownHours: bind(readUnknownHours),
    searchIncidents: bind(searchIncidents),
    searchNetworks: bind(searchNetworks),
    searchUsedKeys: bind(searchUsedKeys),
  };
}
