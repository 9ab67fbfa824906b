import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { insertAcceptedEvents, insertRecordedEvents, readAcceptedEvents, readRecordedEvents } from "./event-counts.js";
import { readLastObserved } from "./last-observed.js";
import { insertHeartbeats } from "./insert-requests.js";

/** What the room ingest asks of ClickHouse. */
export type IngestStore = Readonly<ReturnType<typeof openIngestStore>>;

/** Binds the room's functions to a client; what is heard of sources is written on the first shard. */
export function openIngestStore(client: ClickHouseClient, [first = client]: readonly ClickHouseClient[]) {
  const bind = bindTo(client);
  return {
    insertHeartbeats: bindTo(first)(insertHeartbeats),
    insertAcceptedEvents: bind(insertAcceptedEvents),
    insertRecordedEvents: bind(insertRecordedEvents),
    readAcceptedEvents: bind(readAcceptedEvents),
    readRecordedEvents: bind(readRecordedEvents),
    readLastObserved: bind(readLastObserved),
  };
}
