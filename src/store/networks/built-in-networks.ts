import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { NETWORK_TYPES_VERSION } from "../../model/network/known-networks.js";
import { NetworkRows } from "../../model/network/network-rows.js";
import { overlay, type NetworkTable } from "../../model/network/network-table.js";
import { reservedSpace } from "../../model/network/reserved-space.js";

const PACKAGE = "@ip-location-db/asn";
const FILES = ["asn-ipv4.csv", "asn-ipv6.csv"];
const PIECE_BYTES = 1 << 18;

/**
 * The networks of all public addresses by the package @ip-location-db/asn, under what is reserved. Takes about a second and some tens of
 * megabytes for each call.
 * @throws Error naming file and line that cannot be used.
 */
export function readBuiltInNetworks(): NetworkTable {
  const rows = new NetworkRows();
  for (const file of FILES) {
    let line = 0;
    for (const text of linesOf(pathOf(file))) {
      line++;
      try {
        rows.add(text);
      } catch (error) {
        throw new Error(`${PACKAGE}/${file} line ${line} is not usable: ${(error as Error).message}`, { cause: error });
      }
    }
  }
  return overlay(reservedSpace, rows.build());
}

/** What changes with every release of the package and with the rules by which types are told. */
export function builtInNetworksVersion(): string {
  const { version } = JSON.parse(readFileSync(pathOf("package.json"), "utf8")) as { version: string };
  return `${version}/${NETWORK_TYPES_VERSION}`;
}

function pathOf(file: string): string {
  return fileURLToPath(import.meta.resolve(`${PACKAGE}/${file}`));
}

/** Lines of a file that hold something, of which only a piece is in memory at a time. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, "r");
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    for (let kept = 0; ;) {
      const size = kept + readSync(file, piece, kept, PIECE_BYTES - kept, null);
      const isEnd = size === kept;
      const end = isEnd ? size : piece.subarray(0, size).lastIndexOf(10) + 1;
      if (!isEnd && size === PIECE_BYTES && end === 0)
        throw new Error(`${path} has a line of more than ${PIECE_BYTES} bytes`);
      for (const line of piece.toString("utf8", 0, end).split("\n")) if (line !== "") yield line;
      if (isEnd) return;
      piece.copy(piece, 0, end, size);
      kept = size - end;
    }
  } finally {
    closeSync(file);
  }
}
