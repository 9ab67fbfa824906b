import { Random } from "./random.js";

/** What the networks file calls a network's type (docs/backtest.md). */
export type NetworkType = "hosting" | "isp" | "cloud" | "vpn" | "business" | "internal";

/** One line of the networks CSV. */
export interface NetworkRow {
  readonly cidr: string;
  readonly asn: number;
  readonly name: string;
  readonly type: NetworkType;
}

/** An announced prefix from which addresses can be drawn. */
export interface Network extends NetworkRow {
  readonly version: 4 | 6;
  /** IPv4: the first /24 of the prefix, as address / 256. IPv6: the second group of the address. */
  readonly first: number;
  /** How many /24 (IPv4) or /64 (IPv6, one to a /48) the prefix has. */
  readonly subnets: number;
}

/** One autonomous system with all its prefixes. */
export interface Operator {
  readonly asn: number;
  readonly name: string;
  readonly type: NetworkType;
  readonly networks: readonly Network[];
}

/**
 * Every IPv4 prefix is drawn from class E and every IPv6 prefix from the documentation block of RFC 9637: they look like
 * any routed address, one /16 or /32 per prefix, and no demo ever accuses somebody who exists.
 */
const FIRST_OCTET = 240;
const V6_PREFIX = "3fff";
/** Private-use autonomous systems (RFC 6996). */
const FIRST_ASN = 4_200_000_000;

/** How many operators of a type there are, how many IPv4 prefixes of which length they have, and who has IPv6. */
const MARKET = [
  {
    type: "cloud",
    count: 7,
    prefixes: 6,
    bits: 16,
    v6: true,
    names: ["Nimbus", "Altostratus", "Cirrus", "Stratus", "Mistral", "Foehn", "Zephyr"],
  },
  {
    type: "hosting",
    count: 28,
    prefixes: 2,
    bits: 20,
    v6: true,
    names: ["Bare Rack", "Cheap Metal", "Slice Hosting", "Root Server", "Boxline", "Hexahost"],
  },
  {
    type: "isp",
    count: 48,
    prefixes: 3,
    bits: 16,
    v6: true,
    names: ["Telecom", "Broadband", "Mobile", "Fibre", "Cable", "Wireless"],
  },
  {
    type: "vpn",
    count: 6,
    prefixes: 2,
    bits: 22,
    v6: false,
    names: ["Veil VPN", "Tunnel", "Hidden Path"],
  },
  {
    type: "business",
    count: 20,
    prefixes: 1,
    bits: 22,
    v6: false,
    names: ["Insurance", "Retail", "Logistics", "University", "Media"],
  },
] as const;

/** The market of operators of one seed: the same whoever attacks. */
export function drawOperators(seed: number): readonly Operator[] {
  const random = new Random(seed, "networks");
  const freeV4 = random.sample([...Array(4096).keys()], 600);
  const freeV6 = random.sample([...Array(4096).keys()], 200);
  let asn = FIRST_ASN + random.below(10_000) * 100;
  return MARKET.flatMap(({ type, count, prefixes, bits, v6, names }) =>
    Array.from({ length: count }, (_, index): Operator => {
      asn += random.whole(1, 40);
      const name = `${names[index % names.length]} ${index + 1}`;
      const owner = { asn, name, type };
      const networks = Array.from({ length: prefixes }, () => v4Network(owner, freeV4.pop() ?? 0, bits, random));
      if (v6) networks.push(v6Network(owner, freeV6.pop() ?? 0));
      return { ...owner, networks };
    }),
  );
}

type Owner = Pick<Operator, "asn" | "name" | "type">;

function v4Network(owner: Owner, slot: number, bits: number, random: Random): Network {
  const subnets = 2 ** (24 - bits);
  const third = bits === 16 ? 0 : random.below(256 / subnets) * subnets;
  const octet = FIRST_OCTET + (slot >> 8);
  const first = (octet * 256 + (slot & 255)) * 256 + third;
  return {
    cidr: `${octet}.${slot & 255}.${third}.0/${bits}`,
    ...owner,
    version: 4,
    first,
    subnets,
  };
}

function v6Network(owner: Owner, slot: number): Network {
  return {
    cidr: `${V6_PREFIX}:${slot.toString(16)}::/32`,
    ...owner,
    version: 6,
    first: slot,
    subnets: 65_535,
  };
}

/** A new address of the network's subnet number `subnet` (a /24, or a /64 of IPv6), as canonical text. */
export function drawAddress(network: Network, subnet: number, random: Random): string {
  const within = subnet % network.subnets;
  if (network.version === 4) {
    const prefix = network.first + within;
    return `${Math.floor(prefix / 65_536)}.${(prefix >> 8) & 255}.${prefix & 255}.${random.whole(1, 254)}`;
  }
  // No group is zero, so that the text is canonical without `::`.
  const group = (number: number) => ((number % 65_535) + 1).toString(16);
  const host = Array.from({ length: 4 }, () => group(random.below(65_535))).join(":");
  return `${V6_PREFIX}:${network.first.toString(16)}:${group(within)}:${group(within * 7919)}:${host}`;
}

/** The networks file of docs/networks.md, with its heading. */
export function networksCsv(rows: readonly NetworkRow[]): string {
  return `cidr,asn,name,type\n${rows.map((row) => `${row.cidr},${row.asn},${row.name},${row.type}\n`).join("")}`;
}
