import ipaddr from "ipaddr.js";

/** The widest networks that one organisation holds: 10.0.0.0/8, and IPv6 allocations of /19. Wider ones allow unknown sources. */
const WIDEST = { ipv4: 8, ipv6: 16 } as const;

/**
 * A network in its usual spelling: host bits cleared, `::ffff:` addresses as IPv4, a lone address as /32 or /128.
 * What is none, or far too wide to be an allow list, gives a sentence.
 */
export function parseNetwork(text: string): { readonly cidr: string } | { readonly problem: string } {
  const [address = "", bits, ...rest] = text.trim().split("/");
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  if (!isAddress || address.includes("%") || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) {
    return { problem: "is not a network: write it like 203.0.113.0/24 or 2001:db8::/32" };
  }
  const given = ipaddr.parse(address);
  const longest = given.kind() === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  if (prefix > longest) return { problem: `has a prefix length above ${longest}` };
  const mapped = given instanceof ipaddr.IPv6 && given.isIPv4MappedAddress() && prefix >= 96;
  const kind = mapped ? "ipv4" : given.kind();
  const length = mapped ? prefix - 96 : prefix;
  const start = mapped ? given.toIPv4Address().toString() : given.toString();
  if (length < WIDEST[kind]) {
    return {
      problem: `is as wide as /${length} and would allow unknown sources: give networks of /${WIDEST[kind]} or narrower, or leave the field out to allow all`,
    };
  }
  const family = kind === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return { cidr: `${family.networkAddressFromCIDR(`${start}/${length}`).toString()}/${length}` };
}
