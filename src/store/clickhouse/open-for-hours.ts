import { createClient, type ClickHouseClient } from "@clickhouse/client";
import type { Secret } from "../../secret.js";
import { PINNED_SETTINGS } from "./clickhouse-client.js";

const DAY_MS = 86_400_000;

/** Opens a client for one server whose statements may take hours, and are worked out to their end whatever becomes of who asked. */
export function openForHours(one: Secret, database: string): ClickHouseClient {
  const target = new URL(one.reveal());
  target.pathname = `/${encodeURIComponent(database)}`;
  return createClient({
    url: target,
    application: "plimsoll shards",
    request_timeout: DAY_MS,
    max_open_connections: 10,
    keep_alive: { enabled: true, idle_socket_ttl: 1500 },
    log: { level: 127 },
    clickhouse_settings: {
      ...PINNED_SETTINGS,
      max_execution_time: 0,
      cancel_http_readonly_queries_on_client_close: 0,
      skip_unavailable_shards: 0,
      // Else whatever stands between would take a connection for dead on which nothing is sent for hours.
      send_progress_in_http_headers: 1,
      http_headers_progress_interval_ms: "110000",
    },
  });
}
