import { parsePrefix } from "./address.js";
import { OWN_NETWORK } from "./describe-network.js";
import { NetworkTable, type Network } from "./network-table.js";
import { resolvePrefixes, type NumberedPrefix } from "./prefix-ranges.js";

/** Addresses that no router outside carries: who has one is inside. RFC 1918, RFC 4193, loopback, link-local. */
const INSIDE = [
  "10.0.0.0/8",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
];

/**
 * Addresses that are nobody's, or of which the network does not tell who sent: IANA's special-purpose registries, of IPv6 all but the
 * global unicast block 2000::/3. 6to4 and Teredo count, since their relays speak for anybody.
 */
const NOBODYS = [
  "0.0.0.0/8",
  "100.64.0.0/10",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "::/3",
  "4000::/2",
  "8000::/1",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
];

const inside: Network = { asn: 0, type: "internal", name: OWN_NETWORK };

/** What is known of addresses without any table: private ones are internal, and reserved ones have no network. */
export const reservedSpace: NetworkTable = tableOf([null, inside]);

function tableOf(networks: readonly (Network | null)[]): NetworkTable {
  const prefixes = [...numbered(NOBODYS, 1), ...numbered(INSIDE, 2)];
  const ofWidth = (width: number) =>
    resolvePrefixes(
      width,
      prefixes.filter(({ words }) => words.length === width),
    );
  return new NetworkTable([{ networks, v4: ofWidth(1), v6: ofWidth(4) }], prefixes.length);
}

function numbered(cidrs: readonly string[], value: number): NumberedPrefix[] {
  return cidrs.map((cidr) => {
    const prefix = parsePrefix(cidr);
    if (prefix === null) throw new Error(`${cidr} is no block of addresses`);
    return { ...prefix, value };
  });
}
