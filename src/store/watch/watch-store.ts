import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readCopiesState, readCopyFigures } from "./copies.js";
import {
  readCheckProgress,
  readDeliveryState,
  readLiveSources,
  readNewestEvaluated,
  readUnplacedSources,
} from "./coverage.js";
import { readGuardFigures, readGuardsState } from "./guards.js";
import { readHealthFigures } from "./health-figures.js";

/** What the room watch asks of ClickHouse. */
export type WatchStore = Readonly<ReturnType<typeof openWatchStore>>;

/** Binds the room's functions to a client. */
export function openWatchStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readLiveSources: bind(readLiveSources),
    readUnplacedSources: bind(readUnplacedSources),
    readDeliveryState: bind(readDeliveryState),
    readCheckProgress: bind(readCheckProgress),
    readNewestEvaluated: bind(readNewestEvaluated),
    readHealthFigures: bind(readHealthFigures),
    readCopiesState: bind(readCopiesState),
    readCopyFigures: bind(readCopyFigures),
    readGuardsState: bind(readGuardsState),
    readGuardFigures: bind(readGuardFigures),
  };
}
