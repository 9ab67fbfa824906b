import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readBusiestSources, readDearestKeys, readHistoryTotals } from "./history-facts.js";
import { fillRollups, insertHistory, readEventDays } from "./history.js";

/** What the room replay asks of ClickHouse. */
export type ReplayStore = Readonly<ReturnType<typeof openReplayStore>>;

/** Binds the room's functions to a client. */
export function openReplayStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    insertHistory: bind(insertHistory),
    readEventDays: bind(readEventDays),
    fillRollups: bind(fillRollups),
    readHistoryTotals: bind(readHistoryTotals),
    readDearestKeys: bind(readDearestKeys),
    readBusiestSources: bind(readBusiestSources),
  };
}
