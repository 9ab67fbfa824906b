import { isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * An IPv4 or IPv6 address in the one text form that ClickHouse's IPv6 column reads and by which sources are told apart:
 * IPv4, also mapped, as `::ffff:a.b.c.d`, the rest as RFC 5952. Null for everything else, for zone ids and for `::`.
 */
export function parseAddress(text: string): string | null {
  if (isUsualIPv4(text)) return `::ffff:${text}`;
  if (text.length > 45 || !isIPv6(text) || text.includes("%")) return null;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return `::ffff:${address.toIPv4Address().toString()}`;
  const canonical = address.toRFC5952String();
  return canonical === "::" ? null : canonical;
}

/** Four numbers 0-255 without leading zeros, which some readers take for octal. */
function isUsualIPv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false;
  let dots = 0;
  let value = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 46) {
      if (value < 0) return false;
      dots += 1;
      value = -1;
    } else {
      if (code < 48 || code > 57 || value === 0) return false;
      value = (value < 0 ? 0 : value * 10) + code - 48;
      if (value > 255) return false;
    }
  }
  return dots === 3 && value >= 0;
}
