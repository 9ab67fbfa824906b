import type { AddressRanges } from "./address-ranges.js";
import { parseAddress, parsePrefix, type AddressWords, type Prefix } from "./address.js";
import { parseCsvLine } from "../../text/csv-line.js";
import { flattenLayers } from "./flatten-layers.js";
import { resolvePrefixes, type NumberedPrefix } from "./prefix-ranges.js";
import { cleanText, hasUnprintable } from "../../text/clean-text.js";

/** What a network is used for, as a networks file may say it. */
export const NETWORK_TYPES = ["hosting", "isp", "cloud", "vpn", "business", "internal"] as const;

export type NetworkType = (typeof NETWORK_TYPES)[number];

/** Who runs a network: autonomous system number (0: none or unknown), name (may be ""), and use. */
export interface Network {
  readonly asn: number;
  readonly type: NetworkType | "unknown";
  readonly name: string;
}

/** A line of a networks file that cannot be used: its number from 1, and a sentence that names the field and the fix. */
export interface NetworkProblem {
  readonly line: number;
  readonly problem: string;
}

// Twice this many answers are kept: more than the addresses that a busy fleet hears from in a minute, some 20 MB at most.
const CACHED_ADDRESSES = 65_536;
const COLUMNS = "cidr,asn,name,type";
const LARGEST_ASN = 0xffffffff;
const LONGEST_QUOTE = 60;

/**
 * What one source knows: ranges whose number, less one, is a place among the networks. Where that is null, it is known that there is no
 * network, whatever layers below say. IPv4 and IPv6 are apart: `::/0` says nothing of IPv4.
 */
export interface NetworkLayer {
  readonly networks: readonly (Network | null)[];
  readonly v4: AddressRanges;
  readonly v6: AddressRanges;
}

/** Addresses from first to last, both included, that are of one network. */
export interface NetworkRange {
  readonly first: AddressWords;
  readonly last: AddressWords;
  readonly network: Network;
}

/** Networks by address. It never changes; what it keeps of earlier lookups is bounded. */
export class NetworkTable {
  /** Prefixes or ranges in all layers. */
  readonly prefixCount: number;
  readonly #layers: readonly NetworkLayer[];
  #recent = new Map<string, Network | null>();
  #older = new Map<string, Network | null>();

  constructor(layers: readonly NetworkLayer[], prefixCount: number) {
    this.#layers = layers;
    this.prefixCount = prefixCount;
  }

  /** The network of the longest prefix that holds an address in canonical text, or null when none does or it is no address. */
  lookup(address: string): Network | null {
    if (this.#layers.length === 0) return null;
    const recent = this.#recent.get(address);
    if (recent !== undefined) return recent;
    const found = this.#older.get(address) ?? this.#search(address);
    // Two generations: what was asked for since the last change of generations outlives it. An LRU cache takes 3 to 7 times as long.
    if (this.#recent.size >= CACHED_ADDRESSES) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(address, found);
    return found;
  }

  #search(address: string): Network | null {
    const words = parseAddress(address);
    if (words === null) return null;
    for (const { networks, v4, v6 } of this.#layers) {
      const value = (words.length === 1 ? v4 : v6).find(words);
      if (value > 0) return networks[value - 1]!;
    }
    return null;
  }

  /** What lookups find, as ranges that do not overlap, in ascending order: IPv4, then IPv6. */
  *ranges(): Generator<NetworkRange> {
    for (const family of ["v4", "v6"] as const) {
      for (const { first, last, layer, value } of flattenLayers(this.#layers.map((one) => one[family]))) {
        const network = this.#layers[layer]!.networks[value - 1]!;
        if (network !== null) yield { first, last, network };
      }
    }
  }

  /** `over` where it knows the address, however short its prefix, else `under`. */
  static overlay(over: NetworkTable, under: NetworkTable): NetworkTable {
    return new NetworkTable([...over.#layers, ...under.#layers], over.prefixCount + under.prefixCount);
  }
}

/** The table that knows no network. */
const emptyNetworkTable = new NetworkTable([], 0);

/** One table over another: `over` wins wherever it matches, however long the prefixes of either are. */
export const overlay = (over: NetworkTable, under: NetworkTable): NetworkTable => NetworkTable.overlay(over, under);

/**
 * The table of a CSV text `cidr,asn,name,type` and the lines that could not be used, which cost only themselves. The header,
 * blank lines and lines that start with `#` are optional; of the same prefix given twice, the last line counts.
 */
export function parseNetworks(csvText: string): { table: NetworkTable; problems: NetworkProblem[] } {
  const problems: NetworkProblem[] = [];
  const numbers = new Map<string, number>();
  const networks: Network[] = [];
  const v4: NumberedPrefix[] = [];
  const v6: NumberedPrefix[] = [];
  let isFirst = true;
  for (const { line, text } of splitLines(csvText)) {
    const fields = parseCsvLine(text);
    const isHeader = isFirst && fields?.[0]?.toLowerCase() === "cidr";
    isFirst = false;
    const row = isHeader ? judgeHeader(fields) : judgeFields(fields);
    if (row === null) continue;
    if (typeof row === "string") {
      problems.push({ line, problem: row });
      continue;
    }
    const { words, bits, asn, name, type } = row;
    const key = `${asn} ${type} ${name}`;
    const value = numbers.get(key) ?? networks.length + 1;
    if (value > networks.length) {
      numbers.set(key, value);
      // A slice of the text would keep all of the text in memory.
      networks.push({ asn, type, name: JSON.parse(JSON.stringify(name)) as string });
    }
    (words.length === 1 ? v4 : v6).push({ words, bits, value });
  }
  const layer = { networks, v4: resolvePrefixes(1, v4), v6: resolvePrefixes(4, v6) };
  const count = v4.length + v6.length;
  return { table: count === 0 ? emptyNetworkTable : new NetworkTable([layer], count), problems };
}

/** The lines that hold something, one at a time: a file of a million lines is not held twice. */
function* splitLines(text: string): Generator<{ line: number; text: string }> {
  let line = 0;
  // Spreadsheets put a byte order mark first.
  for (let from = text.startsWith("\ufeff") ? 1 : 0; from < text.length;) {
    const newline = text.indexOf("\n", from);
    const to = newline < 0 ? text.length : newline;
    const content = text.slice(from, to).trim();
    line++;
    from = to + 1;
    if (content !== "" && !content.startsWith("#")) yield { line, text: content };
  }
}

function judgeHeader(fields: readonly string[]): string | null {
  if (fields.join(",").toLowerCase() === COLUMNS) return null;
  return `header ${quote(fields.join(","))}: the columns must be ${COLUMNS}, in this order`;
}

/** What a line says, or what is wrong with it. */
function judgeFields(fields: readonly string[] | null): (Network & Prefix) | string {
  if (fields === null) {
    return 'quotes: put the whole field in double quotes, double those inside it ("Acme ""East"", Ltd"), and keep it on one line';
  }
  if (fields.length !== 4) {
    return `${fields.length} fields: a line has the four ${COLUMNS}; put a name that contains commas in double quotes`;
  }
  const [cidr = "", asnText = "", name = "", typeText = ""] = fields;
  const prefix = parsePrefix(cidr);
  if (prefix === null)
    return `cidr ${quote(cidr)}: write a block such as 192.0.2.0/24 or 2001:db8::/32, or one address`;
  const digits = /^(?:as)?(\d{1,10})$/i.exec(asnText)?.[1];
  const asn = Number(digits ?? 0);
  if ((digits === undefined && asnText !== "") || asn > LARGEST_ASN) {
    return `asn ${quote(asnText)}: write a number up to ${LARGEST_ASN} such as AS64500 or 64500, or leave it empty`;
  }
  if (hasUnprintable(name))
    return `name ${quote(name)}: take out its control characters and marks of writing direction`;
  const type = NETWORK_TYPES.find((known) => known === typeText.toLowerCase());
  if (type === undefined) return `type ${quote(typeText)}: write one of ${NETWORK_TYPES.join(", ")}`;
  return { words: prefix.words, bits: prefix.bits, asn, name, type };
}

/** A field for a message: cut, and masked, as somebody may have named the wrong file. */
function quote(field: string): string {
  const { text } = cleanText(field, LONGEST_QUOTE);
  return JSON.stringify(field.length > LONGEST_QUOTE ? `${text}…` : text);
}
