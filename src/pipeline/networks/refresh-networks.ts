import type { NetworksStore } from "../../store/networks/networks-store.js";
import { knownNetworksVersion, readKnownNetworks } from "../../store/networks/all-networks.js";

// Workers that were given different files would otherwise take turns at replacing each other's table.
const AT_MOST_EVERY_MS = 3_600_000;

/** What a refresh did; `prefixes` are on file after it. */
export interface RefreshReport {
  readonly outcome: "refreshed" | "unchanged";
  readonly version: string;
  readonly prefixes: number;
  /** What became of the analysts' dictionary, in words: a problem there leaves the table as good as it is. */
  readonly dictionary: string;
}

/**
 * Brings the table that analysts see to what ingest knows: the built-in networks under the operator's file (null: none). Without
 * `force` only where that has changed, and at most once an hour after the table was first filled.
 * @throws NetworksFileError when the file cannot be used; the table stays as it is.
 */
export async function refreshNetworks(
  store: {
    readonly networks: Pick<NetworksStore, "readNetworksState" | "replaceNetworks" | "reloadNetworkDictionary">;
  },
  file: string | null,
  now: number,
  force = false,
): Promise<RefreshReport> {
  const state = await store.networks.readNetworksState();
  const version = knownNetworksVersion(file);
  const isOther = state?.version !== version && now - (state?.refreshedAt ?? 0) >= AT_MOST_EVERY_MS;
  if (state !== null && !isOther && !force)
    return { outcome: "unchanged", version: state.version, prefixes: state.prefixes, dictionary: "as it was" };
  const prefixes = await store.networks.replaceNetworks(readKnownNetworks(file), version, now);
  const dictionary = await store.networks
    .reloadNetworkDictionary()
    .catch((error: Error) => `not reloaded: ${error.message}`);
  return { outcome: "refreshed", version, prefixes, dictionary };
}
