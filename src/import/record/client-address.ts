import { parseAddress, parseDotted } from "../../model/network/address.js";
import type { ParseOptions } from "./log-format.js";
import { textOf } from "./log-values.js";

/** Longer than any list of proxies that is not an attack; what a client itself wrote stands at the beginning, and is what is cut. */
const LONGEST_LIST = 1024;
const [COLON, OPEN] = [58, 91] as const;

/**
 * The client's address: what the proxy that wrote the log was connected with, or, where that is one of the trusted proxies, the last address in
 * `X-Forwarded-For` that is none of them. Whatever stands before that one the client may have made up. "" where there is none.
 */
export function clientAddress(peer: unknown, forwarded: unknown, options: ParseOptions): string {
  const text = textOf(peer);
  if (parseDotted(text, 0) !== null && options.trustedProxies === null) {
    noteForwarded(text, forwarded, options);
    return text;
  }
  const chain = splitList(text);
  if (chain.length > 1 && options.trustedProxies === null) {
    options.note("address_list");
    return text.slice(0, LONGEST_LIST);
  }
  const last = withoutPort(chain.at(-1) ?? "");
  if (options.trustedProxies === null) {
    noteForwarded(last, forwarded, options);
    return last;
  }
  // Who wrote the last of the forwarded addresses is known only where the peer is.
  if (chain.length === 0) return "";
  const hops = [...splitList(forwardedText(forwarded)), ...chain];
  for (let at = hops.length - 1; at >= 0; at -= 1) {
    const hop = withoutPort(hops[at]!);
    if (at === 0 || !options.trustedProxies.has(hop)) return hop;
  }
  return "";
}

function noteForwarded(peer: string, forwarded: unknown, options: ParseOptions): void {
  const text = forwardedText(forwarded);
  if (text !== "" && text !== peer) options.note("forwarded_for_ignored");
}

function forwardedText(value: unknown): string {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string").join(",") : textOf(value);
}

function splitList(text: string): string[] {
  if (!text.includes(",")) return text === "" ? [] : [text.trim()];
  const kept = text.length > LONGEST_LIST ? text.slice(text.indexOf(",", text.length - LONGEST_LIST) + 1) : text;
  return kept.split(",").flatMap((part) => part.trim() || []);
}

/** `ip:port` and `[v6]:port` without the port; what is no address stays as it is, for ingest to count. */
export function withoutPort(text: string): string {
  if (text.charCodeAt(0) === OPEN) {
    const end = text.indexOf("]");
    const inside = end < 0 ? "" : text.slice(1, end);
    const isEnd = end === text.length - 1 || text.charCodeAt(end + 1) === COLON;
    return end > 0 && isEnd && parseAddress(inside) !== null ? inside : text.slice(0, LONGEST_LIST);
  }
  const colon = text.indexOf(":");
  if (colon > 0 && parseDotted(text.slice(0, colon), 0) !== null) return text.slice(0, colon);
  return text.length > LONGEST_LIST ? text.slice(0, LONGEST_LIST) : text;
}
