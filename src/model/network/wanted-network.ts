import { parseNetwork } from "./parse-network.js";

const ASN = /^as ?(\d{1,10})$/i;
const LARGEST_ASN = 2 ** 32 - 1;
const V4_BITS = 96;

/** A network that people ask about: an autonomous system, or a block of addresses. */
export type WantedNetwork =
  | { readonly kind: "asn"; readonly name: string; readonly asn: number }
  /** `address` and `bits` are those of IPv6, in which IPv4 is mapped. */
  | { readonly kind: "block"; readonly name: string; readonly address: string; readonly bits: number };

/** Reads `AS64500`, `203.0.113.0/24` or `203.0.113.7`, with the name that it has in addresses of pages; null for everything else. */
export function parseWantedNetwork(text: string): WantedNetwork | null {
  const asn = Number(ASN.exec(text)?.[1] ?? 0);
  if (asn > 0 && asn <= LARGEST_ASN) return { kind: "asn", name: `AS${asn}`, asn };
  // An address has a dot or a colon: bare numbers are none.
  const parsed = /[.:]/.test(text) ? parseNetwork(text) : null;
  if (parsed === null || "problem" in parsed) return null;
  const [start = "", length = ""] = parsed.cidr.split("/");
  const isV4 = !start.includes(":");
  const isWhole = Number(length) === (isV4 ? 32 : 128);
  return {
    kind: "block",
    name: isWhole ? start : parsed.cidr,
    address: isV4 ? `::ffff:${start}` : start,
    bits: Number(length) + (isV4 ? V4_BITS : 0),
  };
}
