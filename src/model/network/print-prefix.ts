import ipaddr from "ipaddr.js";
import type { Prefix } from "./address.js";

/** A block as CIDR: `192.0.2.0/24`, or `2001:db8::/32` after RFC 5952. */
export function printPrefix({ words, bits }: Prefix): string {
  if (words.length === 1) {
    const word = words[0]!;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}/${bits}`;
  }
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  return `${new ipaddr.IPv6(groups).toRFC5952String()}/${bits}`;
}
