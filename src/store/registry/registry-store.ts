import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readFormerIds, readIdsOfKey, readPresentId } from "./former-ids.js";
import { readChangesOfKeys, readUntoldChanges } from "./key-changes.js";
import {
  insertMetKeys,
  insertPepperInUse,
  readKeyAliases,
  readMetKeys,
  readPepperProgress,
  readPeppersInUse,
} from "./key-fingerprints.js";
import { insertKeys, readKeyVersions, readKeys, readRegistryStamp } from "./keys.js";
import { readUnregisteredKey, readUnregisteredKeys } from "./unregistered-keys.js";

/** What the room registry asks of ClickHouse. */
export type RegistryStore = Readonly<ReturnType<typeof openRegistryStore>>;

/** Binds the room's functions to a client. */
export function openRegistryStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readChangesOfKeys: bind(readChangesOfKeys),
    readUntoldChanges: bind(readUntoldChanges),
    readFormerIds: bind(readFormerIds),
    readIdsOfKey: bind(readIdsOfKey),
    readPresentId: bind(readPresentId),
    insertMetKeys: bind(insertMetKeys),
    readMetKeys: bind(readMetKeys),
    readKeyAliases: bind(readKeyAliases),
    readPepperProgress: bind(readPepperProgress),
    readPeppersInUse: bind(readPeppersInUse),
    insertPepperInUse: bind(insertPepperInUse),
    readKeys: bind(readKeys),
    readRegistryStamp: bind(readRegistryStamp),
    insertKeys: bind(insertKeys),
    readKeyVersions: bind(readKeyVersions),
    readUnregisteredKeys: bind(readUnregisteredKeys),
    readUnregisteredKey: bind(readUnregisteredKey),
  };
}
