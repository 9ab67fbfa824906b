import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { parseDotted } from "./address.js";

/**
 * An IPv4 or IPv6 address in the one text form that ClickHouse's IPv6 column reads and by which sources are told apart:
 * IPv4, also mapped, as `::ffff:a.b.c.d`, the rest as RFC 5952. Null for everything else, for zone ids and for `::`.
 */
export function parseAddress(text: string): string | null {
  if (parseDotted(text, 0) !== null) return `::ffff:${text}`;
  if (text.length > 45 || !isIPv6(text) || text.includes("%")) return null;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return `::ffff:${address.toIPv4Address().toString()}`;
  const canonical = address.toRFC5952String();
  return canonical === "::" ? null : canonical;
}
