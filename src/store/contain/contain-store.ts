import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import {
  insertCallState,
  listContainment,
  readCalls,
  readListedContainments,
  unlistContainment,
} from "./containment-calls.js";
import { readKeyTraffic, readKnownWithin, readMinuteRates, readObservedMinutes } from "./key-traffic.js";

/** What the room contain asks of ClickHouse. */
export type ContainStore = Readonly<ReturnType<typeof openContainStore>>;

/** Binds the room's functions to a client. */
export function openContainStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    insertCallState: bind(insertCallState),
    readCalls: bind(readCalls),
    listContainment: bind(listContainment),
    unlistContainment: bind(unlistContainment),
    readListedContainments: bind(readListedContainments),
    readKeyTraffic: bind(readKeyTraffic),
    readKnownWithin: bind(readKnownWithin),
    readMinuteRates: bind(readMinuteRates),
    readObservedMinutes: bind(readObservedMinutes),
  };
}
