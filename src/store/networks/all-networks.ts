import { createHash } from "node:crypto";
import { overlay, type NetworkTable } from "../../model/network/network-table.js";
import { builtInNetworksVersion, readBuiltInNetworks } from "./built-in-networks.js";
import {
  readNetworksBytes,
  readNetworksFile,
  watchNetworksFile,
  type NetworksFile,
  type WatchOptions,
} from "./networks-file.js";

/**
 * Everything that is known of networks: the operator's file, where there is one, over reserved space over the built-in table.
 * @throws NetworksFileError when the file cannot be used.
 */
export function readKnownNetworks(file: string | null): NetworkTable {
  const builtIn = readBuiltInNetworks();
  return file === null ? builtIn : overlay(readNetworksFile(file), builtIn);
}

/** What changes whenever `readKnownNetworks` may give something else. @throws NetworksFileError when the file cannot be read */
export function knownNetworksVersion(file: string | null): string {
  const builtIn = builtInNetworksVersion();
  if (file === null) return builtIn;
  return `${builtIn}/${createHash("sha256").update(readNetworksBytes(file)).digest("hex").slice(0, 16)}`;
}

/**
 * The same, with the operator's file read again whenever it changes.
 * @throws NetworksFileError when the first version cannot be used.
 */
export function watchKnownNetworks(
  file: string | null,
  options: WatchOptions,
): Pick<NetworksFile, "current" | "close"> {
  if (file === null) {
    const table = readBuiltInNetworks();
    return { current: () => table, close: () => undefined };
  }
  let table: NetworkTable;
  const watched = watchNetworksFile(file, {
    ...options,
    onChange: (operators) => {
      table = overlay(operators, builtIn);
      options.onChange?.(table);
    },
  });
  const builtIn = readBuiltInNetworks();
  table = overlay(watched.current(), builtIn);
  return { current: () => table, close: watched.close };
}
