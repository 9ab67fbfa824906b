import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { countBriefKeys, readObservedDays, readKeyDays } from "./key-days.js";
import { readScopeUses, readServicesOfKeys, readVersionAuthors } from "./key-scopes.js";
import { readKeyUsers, readRefusedCallers } from "./key-users.js";
import { insertLeakRecords, readKeysOfFingerprints, readPublicKeys, readUseSince } from "./leak-reports.js";

/** What the room audit asks of ClickHouse. */
export type AuditStore = Readonly<ReturnType<typeof openAuditStore>>;

/** Binds the room's functions to a client. */
export function openAuditStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readKeyDays: bind(readKeyDays),
    countBriefKeys: bind(countBriefKeys),
    readObservedDays: bind(readObservedDays),
    readScopeUses: bind(readScopeUses),
    readServicesOfKeys: bind(readServicesOfKeys),
    readVersionAuthors: bind(readVersionAuthors),
    readKeyUsers: bind(readKeyUsers),
    readRefusedCallers: bind(readRefusedCallers),
    insertLeakRecords: bind(insertLeakRecords),
    readKeysOfFingerprints: bind(readKeysOfFingerprints),
    readPublicKeys: bind(readPublicKeys),
    readUseSince: bind(readUseSince),
  };
}
