/** What names a key where a log holds neither an id nor a raw key, or which field does. */
export type KeyFrom =
  | { readonly kind: "user" }
  | { readonly kind: "ip" }
  /** A logged header or field, in small letters; `isId` when its name says that it is public. */
  | { readonly kind: "header"; readonly name: string; readonly isId: boolean };

/** Words at the end of a name that say that the value is a name, and no secret. */
const PUBLIC_ENDINGS = new Set([
  "id",
  "identifier",
  "name",
  "user",
  "consumer",
  "client",
  "subject",
  "sub",
  "account",
  "tenant",
]);
const LONGEST_NAME = 128;

/** What `--key-from` says: `user`, `ip` or `header:<name>`; null when it is none of these. */
export function parseKeyFrom(text: string): KeyFrom | null {
  if (text === "user" || text === "ip") return { kind: text };
  if (!text.startsWith("header:")) return null;
  const name = text.slice("header:".length).trim().toLowerCase();
  return name === "" || name.length > LONGEST_NAME ? null : { kind: "header", name, isId: isPublicName(name) };
}

/** What `--key-from` would have to say. */
export function keyFromText(from: KeyFrom): string {
  return from.kind === "header" ? `header:${from.name}` : from.kind;
}

/** `x-consumer-id`, `user.name`: what is not called like a name may hold the key itself. */
function isPublicName(name: string): boolean {
  const last = name.split(/[-_.]/).at(-1) ?? "";
  return PUBLIC_ENDINGS.has(last);
}

/** What the choice means for what can be found, for the report. */
export function meaningOf(from: KeyFrom): string {
  if (from.kind === "user")
    return "the authenticated user where a record names no key: all keys of a user count as one";
  if (from.kind === "ip") {
    return "the client's address where a record names no key: a key that is used from a new address counts as another key, so that a theft shows only as rate and spend of that address";
  }
  return from.isId
    ? `the header or field ${from.name}, taken as the key's public id`
    : `the header or field ${from.name}, taken as the raw key: ingest keeps its fingerprint`;
}
