import { createPublicKey, verify } from "node:crypto";
import { z } from "zod";

/** Public keys (PEM) by identifier, as `GET https://api.github.com/meta/public_keys/secret_scanning` lists them. */
export type LeakPublicKeys = ReadonlyMap<string, string>;

const listed = z.object({
  public_keys: z.array(z.object({ key_identifier: z.string().min(1), key: z.string().min(1) })).min(1),
});

/**
 * Reads GitHub's list of public keys.
 * @throws Error saying what is wrong with it.
 */
export function parseLeakPublicKeys(text: string): LeakPublicKeys {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  const parsed = listed.safeParse(given);
  if (!parsed.success) throw new Error('it must be {"public_keys":[{"key_identifier":"…","key":"PEM"}]}');
  for (const { key, key_identifier: id } of parsed.data.public_keys) {
    try {
      if (createPublicKey(key).asymmetricKeyType !== "ec") throw new Error("not an elliptic-curve key");
    } catch {
      throw new Error(`the key ${id.slice(0, 64)} is not an elliptic-curve public key in PEM`);
    }
  }
  return new Map(parsed.data.public_keys.map((one) => [one.key_identifier, one.key]));
}

/** What came with a body: which key is said to have signed it, and the signature in base64. */
export interface GithubSignature {
  readonly identifier: string;
  readonly signature: string;
}

/** Whether this can be a signature by one of the keys, before the body is known. */
export function mayBeOfGithub({ identifier, signature }: GithubSignature, keys: LeakPublicKeys): boolean {
  return keys.has(identifier) && /^[A-Za-z0-9+/]{16,512}={0,2}$/.test(signature);
}

/** Whether GitHub signed a body's very bytes: ECDSA over SHA-256 in base64, by the key that the identifier names. */
export function isSignedByGithub(body: Buffer, given: GithubSignature, keys: LeakPublicKeys): boolean {
  const key = keys.get(given.identifier);
  if (key === undefined || !mayBeOfGithub(given, keys)) return false;
  return verify("sha256", body, key, Buffer.from(given.signature, "base64"));
}
