import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readAuditEntries } from "./audit-entries.js";
import { insertSignIns } from "./sign-ins.js";

/** What the room sign-in asks of ClickHouse. */
export type SignInStore = Readonly<ReturnType<typeof openSignInStore>>;

/** Binds the room's functions to a client. */
export function openSignInStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return { insertSignIns: bind(insertSignIns), readAuditEntries: bind(readAuditEntries) };
}
