import { NO_ADDRESS } from "../../model/network/no-address.js";

/** An address as people write it: IPv4 without its IPv6 coat, NO_ADDRESS where there was none. */
export function plainAddress(address: string): string {
  return address === "::" ? NO_ADDRESS : address.replace(/^::ffff:(?=\d+\.)/, "");
}
