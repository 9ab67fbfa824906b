import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAddress, type AddressWords } from "../../model/network/address.js";

const PACKAGE = "@ip-location-db/asn-country";
/** Longer than two lines of the tables. */
const PIECE_BYTES = 256;

/**
 * The country (ISO 3166, two letters) in which the registries have the block around an address registered, by the package @ip-location-db/asn-country; null:
 * in none, or that is not installed. It is where the block's holder is registered, not where who uses it is. Looked up in the sorted table on disk in some
 * twenty short reads: nothing of it is kept.
 */
export function registeredCountry(address: string): string | null {
  const wanted = parseAddress(address);
  if (wanted === null) return null;
  let file: number;
  try {
    const table = `asn-country-ipv${wanted.length === 1 ? 4 : 6}.csv`;
    file = openSync(fileURLToPath(import.meta.resolve(`${PACKAGE}/${table}`)), "r");
  } catch {
    return null;
  }
  try {
    return search(file, wanted);
  } finally {
    closeSync(file);
  }
}

function search(file: number, wanted: AddressWords): string | null {
  let [low, high] = [0, fstatSync(file).size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { from, to, text } = lineFrom(file, middle);
    const [first = "", last = "", country = ""] = text.split(",");
    const [begin, end] = [parseAddress(first), parseAddress(last)];
    if (begin === null || end === null) return null;
    if (compare(wanted, begin) < 0) high = Math.min(middle, from);
    else if (compare(wanted, end) > 0) low = to;
    else return /^[A-Z]{2}$/.test(country) ? country : null;
  }
  return null;
}

/** The line that a place in the file lies in: where it begins, and where the next one does. */
function lineFrom(file: number, place: number): { readonly from: number; readonly to: number; readonly text: string } {
  const start = Math.max(0, place - PIECE_BYTES / 2);
  const piece = Buffer.alloc(PIECE_BYTES);
  const read = piece.subarray(0, readSync(file, piece, 0, PIECE_BYTES, start));
  const before = place === 0 ? -1 : read.lastIndexOf(10, place - start - 1);
  const after = read.indexOf(10, place - start);
  const end = after < 0 ? read.length : after;
  return { from: start + before + 1, to: start + end + 1, text: read.toString("latin1", before + 1, end) };
}

function compare(one: AddressWords, other: AddressWords): number {
  for (const [index, word] of one.entries()) {
    const against = other[index] ?? 0;
    if (word !== against) return word < against ? -1 : 1;
  }
  return 0;
}
