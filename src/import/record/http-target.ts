import { looksLikeSecret } from "../../text/secret/secret-shape.js";

/** As long as a line may be: what stands behind this is nobody's route or key. */
const LONGEST_TARGET = 64 * 1024;
const LONGEST_PATH = 2048;
/** Names of query parameters in which keys are sent. */
const KEY_PARAMETERS = new Set([
  "api_key",
  "apikey",
  "api-key",
  "x-api-key",
  "access_token",
  "access-token",
  "auth_token",
  "auth_key",
  "authkey",
  "subscription-key",
  "subscription_key",
  "private_token",
  "app_key",
  "appkey",
]);
/** Names that stand for other things as well: only what has the shape of a secret is a key there. */
const MAYBE_KEY_PARAMETERS = new Set(["key", "token", "appid"]);
const LONGEST_NAME = 20;

/** A request's target without what differs from call to call, and what it gives away. */
export interface HttpTarget {
  readonly path: string;
  /** A raw key that stood in the query, or "". */
  readonly queryKey: string;
}

/** The path of a target, which may be a whole URL, and the key in its query. */
export function splitTarget(target: string): HttpTarget {
  const text = target.length > LONGEST_TARGET ? target.slice(0, LONGEST_TARGET) : target;
  const start = pathStart(text);
  const query = text.indexOf("?", start);
  const end = endOfPath(text, start, query < 0 ? text.length : query);
  const path = text.slice(start, Math.min(end, start + LONGEST_PATH));
  return { path, queryKey: query < 0 ? "" : keyInQuery(text, query + 1) };
}

function pathStart(text: string): number {
  if (text.charCodeAt(0) === 47) return 0;
  const scheme = text.indexOf("://");
  if (scheme < 0 || scheme > 10) return 0;
  const slash = text.indexOf("/", scheme + 3);
  return slash < 0 ? text.length : slash;
}

/** Fragments and `;jsessionid=…` are no part of a route. */
function endOfPath(text: string, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 35 || code === 59) return at;
  }
  return end;
}

function keyInQuery(text: string, from: number): string {
  let equals = -1;
  for (let at = from; at < text.length;) {
    const found = text.indexOf("&", at);
    const end = found < 0 ? text.length : found;
    // Not again for each parameter without one: a query may be nothing but separators.
    if (equals < at) equals = text.indexOf("=", at);
    if (equals < 0) return "";
    if (equals < end && equals - at <= LONGEST_NAME) {
      const name = text.slice(at, equals).toLowerCase();
      const value = decode(text.slice(equals + 1, end));
      if (KEY_PARAMETERS.has(name) && value !== "") return value;
      if (MAYBE_KEY_PARAMETERS.has(name) && looksLikeSecret(value)) return value;
    }
    at = end + 1;
  }
  return "";
}

/** The same key has the same fingerprint however it was encoded. */
function decode(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
