import ipaddr from "ipaddr.js";
import { ALLOWED } from "./random-traffic.js";

/** Whether a key of the random traffic may be used from an address, by another library than the product's. */
export function isAllowed(keyId: string, ip: string): boolean {
  const cidrs = ALLOWED[keyId];
  if (cidrs === undefined) return true;
  const address = ipaddr.process(ip);
  return cidrs.some((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    return network.kind() === address.kind() && address.match([network, bits]);
  });
}
