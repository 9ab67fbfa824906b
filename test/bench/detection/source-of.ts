import { lastOf, parseAddress, parsePrefix, type AddressWords } from "../../../src/model/network/address.js";
import type { NetworkType } from "../../../src/model/network/network-table.js";

/** One address of a key, with the networks around it and what the registry says of it. */
export interface Source {
  readonly asn: number;
  readonly type: NetworkType;
  readonly ip: string;
  /** /24, or /64 of IPv6. */
  readonly net24: string;
  /** /16, or /32 of IPv6. */
  readonly net16: string;
  /** False where the key has allowed networks and this is in none of them. */
  readonly isAllowed: boolean;
}

/** Places an address as sql/queries/check/novelty-facts.sql does. */
export function sourceOf(ip: string, asn: number, type: NetworkType, isAllowed: (ip: string) => boolean): Source {
  const words = parseAddress(ip);
  if (words === null) throw new Error(`the simulator gave ${ip} for an address`);
  const first = words[0]!;
  const isV4 = words.length === 1;
  return {
    asn,
    type,
    ip,
    net24: isV4 ? `4/${first >>> 8}` : `6/${first}/${words[1]}`,
    net16: isV4 ? `4/${first >>> 16}` : `6/${first}`,
    isAllowed: isAllowed(ip),
  };
}

/** Whether an address lies in one of the CIDRs; always true when there is none. */
export function allowedBy(cidrs: readonly string[] | undefined): (ip: string) => boolean {
  if (cidrs === undefined || cidrs.length === 0) return () => true;
  const blocks = cidrs.map((cidr) => {
    const prefix = parsePrefix(cidr);
    if (prefix === null) throw new Error(`the simulator gave ${cidr} for a network`);
    return { first: prefix.words, last: lastOf(prefix) };
  });
  return (ip) => {
    const words = parseAddress(ip);
    return (
      words !== null &&
      blocks.some(
        ({ first, last }) => first.length === words.length && compare(first, words) <= 0 && compare(words, last) <= 0,
      )
    );
  };
}

function compare(a: AddressWords, b: AddressWords): number {
  const at = a.findIndex((word, i) => word !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
