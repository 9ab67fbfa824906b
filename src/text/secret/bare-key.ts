/** Names of authentication schemes that gateways leave before a key, as it stood in the header. */
const SCHEME = /^\s*(?:bearer|basic|token)\s+/i;

/** A raw key as it was given, without the authentication scheme before it: the same key, wherever it was read from. */
export function bareKey(given: string): string {
  return given.replace(SCHEME, "");
}
