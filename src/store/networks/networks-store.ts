import { bindTo } from "../clickhouse/bind-client.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import {
  readIspBlocks,
  readNetworkNames,
  readNetworksState,
  reloadNetworkDictionary,
  replaceNetworks,
} from "./networks.js";

/** What the room networks asks of ClickHouse. */
export type NetworksStore = Readonly<ReturnType<typeof openNetworksStore>>;

/** Binds the room's functions to a client. */
export function openNetworksStore(client: ClickHouseClient) {
  const bind = bindTo(client);
  return {
    readNetworksState: bind(readNetworksState),
    readNetworkNames: bind(readNetworkNames),
    readIspBlocks: bind(readIspBlocks),
    replaceNetworks: bind(replaceNetworks),
    reloadNetworkDictionary: bind(reloadNetworkDictionary),
  };
}
