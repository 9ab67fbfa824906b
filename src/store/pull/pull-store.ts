import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { insertPull, readNewestPulls } from "./provider-pulls.js";
import { insertPullProblem, readUnreadReports } from "./pull-problems.js";
import { insertChanges, readReportedHours, readUnfinishedChanges } from "./provider-reports.js";

/** What the room pull asks of ClickHouse. */
export type PullStore = Readonly<ReturnType<typeof openPullStore>>;

/** Binds the room's functions to a client, and what is written of keys to their shards. */
export function openPullStore(client: ClickHouseClient, shards: readonly ClickHouseClient[]) {
  const bind = bindTo(client);
  return {
    readNewestPulls: bind(readNewestPulls),
    insertPull: bind(insertPull),
    readUnreadReports: bind(readUnreadReports),
    insertPullProblem: bind(insertPullProblem),
    readReportedHours: bind(readReportedHours),
    readUnfinishedChanges: bind(readUnfinishedChanges),
    insertChanges: bindTo(shards)(insertChanges),
  };
}
