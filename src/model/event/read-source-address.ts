import type { EventNote } from "./event-notes.js";
import { parseAddress } from "../network/parse-address.js";

/** What a log wrote where the client's address belongs. */
export interface SourceAddress {
  /** Canonical IPv6 text, or null when there is none that can be used. */
  readonly address: string | null;
  readonly note: EventNote | null;
}

/** Longer than any list of proxies that is not an attack. */
const LONGEST = 1024;
const WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const IN_BRACKETS = /^\[([^\]]+)\](?::\d{1,5})?$/;
const ABSENT: SourceAddress = { address: null, note: "no_address" };
const UNUSABLE: SourceAddress = { address: null, note: "not_an_address" };
const LIST: SourceAddress = { address: null, note: "address_list" };

/**
 * The client's address as logs write it: plain, with blanks around it, with a port (`ip:port`, `[v6]:port`). Of a list (X-Forwarded-For) none is
 * taken unless all are the same: which of them a client made up only the proxy knows that wrote it.
 */
export function readSourceAddress(value: unknown): SourceAddress {
  if (value === undefined || value === null || value === "") return ABSENT;
  if (typeof value !== "string") return UNUSABLE;
  const usual = parseAddress(value);
  if (usual !== null) return { address: usual, note: null };
  if (value.length > LONGEST) return UNUSABLE;
  const parts = value.split(",").flatMap((part) => part.trim() || []);
  if (parts.length === 0 || (parts.length === 1 && parts[0] === "-")) return ABSENT;
  const addresses = new Set(parts.map(withoutPort));
  if (addresses.size > 1) return LIST;
  const [address = null] = addresses;
  return address === null ? UNUSABLE : { address, note: null };
}

function withoutPort(text: string): string | null {
  const bare = WITH_PORT.exec(text)?.[1] ?? IN_BRACKETS.exec(text)?.[1] ?? text;
  return parseAddress(bare);
}
