import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import {
  insertCopies,
  insertCopyState,
  readComposedPages,
  readCopiedPages,
  readCopiesOfIncident,
  readOpenCopies,
  unlistCopies,
} from "./copies.js";
import { readDigestedPages, readGravities, readOpenDigests } from "./digests.js";
import { readKeySources } from "./key-sources.js";
import { readOtherKeys } from "./other-keys.js";
import { readNetworksBefore, readNewUses, readUnevaluatedMinutes, readUsageAroundOnset } from "./page-evidence.js";
import {
  insertPageState,
  readFailedPages,
  readOutbox,
  readPagesOfIncident,
  readSentCounts,
  unlistPages,
} from "./pages.js";

/** What the room page asks of ClickHouse. */
export type PageStore = Readonly<ReturnType<typeof openPageStore>>;

/** Binds the room's functions to a client. */
export function openPageStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readOpenDigests: bind(readOpenDigests),
    readDigestedPages: bind(readDigestedPages),
    readGravities: bind(readGravities),
    readKeySources: bind(readKeySources),
    readOtherKeys: bind(readOtherKeys),
    readUsageAroundOnset: bind(readUsageAroundOnset),
    readNetworksBefore: bind(readNetworksBefore),
    readNewUses: bind(readNewUses),
    readUnevaluatedMinutes: bind(readUnevaluatedMinutes),
    insertPageState: bind(insertPageState),
    unlistPages: bind(unlistPages),
    readOutbox: bind(readOutbox),
    readSentCounts: bind(readSentCounts),
    readPagesOfIncident: bind(readPagesOfIncident),
    readFailedPages: bind(readFailedPages),
    insertCopies: bind(insertCopies),
    insertCopyState: bind(insertCopyState),
    readComposedPages: bind(readComposedPages),
    readCopiedPages: bind(readCopiedPages),
    readCopiesOfIncident: bind(readCopiesOfIncident),
    readOpenCopies: bind(readOpenCopies),
    unlistCopies: bind(unlistCopies),
  };
}
