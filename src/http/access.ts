import { createHash, timingSafeEqual } from "node:crypto";

export type Right = "ingest" | "read" | "admin";

/** One token that may be shown: only its digest is kept. */
export interface AccessToken {
  readonly name: string;
  readonly right: Right;
  readonly digest: Buffer;
}

/** `name` is the token's source; 401: no token or none that is known; 403: known, but without that right. */
export type AccessVerdict =
  | { readonly kind: "granted"; readonly name: string; readonly right: Right }
  | { readonly kind: "denied"; readonly status: 401 | 403; readonly error: string };

/** A token as it is kept and compared. */
export function accessToken(name: string, right: Right, token: string): AccessToken {
  return { name, right, digest: digestOf(token) };
}

/** Judges an Authorization header: one of these rights is enough. Takes as long for a token that is nearly right as for one that is not at all. */
export function judgeAccess(
  tokens: readonly AccessToken[],
  authorization: string | undefined,
  ...rights: readonly Right[]
): AccessVerdict {
  const shown = /^Bearer +([^\s]{1,4096}) *$/i.exec(authorization ?? "")?.[1];
  if (shown === undefined) {
    return { kind: "denied", status: 401, error: "send Authorization: Bearer <token>" };
  }
  const digest = digestOf(shown);
  // Every token is compared, whether or not one has matched.
  const known = tokens.filter((token) => timingSafeEqual(token.digest, digest));
  const granted = known.find((token) => rights.includes(token.right));
  if (granted !== undefined) return { kind: "granted", name: granted.name, right: granted.right };
  return known.length > 0
    ? { kind: "denied", status: 403, error: `this token does not have the right to ${rights.join(" or ")}` }
    : { kind: "denied", status: 401, error: "unknown token" };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}
