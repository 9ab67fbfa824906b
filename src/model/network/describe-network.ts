import type { Network } from "./network-table.js";
import { NO_ADDRESS } from "./no-address.js";

/** What private addresses belong to, unless an operator's own table names it. */
export const OWN_NETWORK = "your own network";

/** A network as it is named wherever people read of it: `AS64500 Example Hosting (hosting)`. */
export function describeNetwork({ asn, name, type }: Network): string {
  if (name === NO_ADDRESS) return name;
  const known = [asn > 0 ? `AS${asn}` : "", name].filter((part) => part !== "").join(" ");
  return `${known || (type === "internal" ? OWN_NETWORK : "unnamed network")} (${type})`;
}
