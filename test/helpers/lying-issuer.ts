import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";

/** How an ID token differs from a good one. */
export interface Lie {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signed with a key that the issuer does not publish. */
  readonly isOtherKey?: boolean;
  /** Replaces the whole token. */
  readonly token?: (good: string) => string;
  /** How the token endpoint answers instead. */
  readonly status?: number;
}

/** An issuer whose discovery, keys and tokens say what a test wants. */
export interface LyingIssuer {
  readonly url: string;
  /** What the next token says; `nonce` is that of the sign-in. */
  lie(nonce: string, lie?: Lie): void;
  /** Every token that it gave away. */
  readonly given: readonly string[];
  close(): Promise<void>;
}

export const LYING_CLIENT = "plimsoll";

/** Starts one. Without a lie its tokens are good: for `ana@example.com` in the group `sec`. */
export async function openLyingIssuer(): Promise<LyingIssuer> {
  const [own, other] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const given: string[] = [];
  let next: { readonly nonce: string; readonly lie: Lie } = { nonce: "", lie: {} };
  let url = "";
  const tokenOf = async (): Promise<string> => {
    const { nonce, lie } = next;
    const at = Math.floor(Date.now() / 1000);
    const good = { iss: url, aud: LYING_CLIENT, sub: "ana", nonce, iat: at, exp: at + 300 };
    const person = { email: "ana@example.com", email_verified: true, groups: ["sec"] };
    const key: CryptoKey = (lie.isOtherKey === true ? other : own).privateKey;
    const signed = await new SignJWT({ ...good, ...person, ...lie.claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .sign(key);
    const token = lie.token?.(signed) ?? signed;
    given.push(token);
    return token;
  };
  const server = createServer((request, response) => {
    const answer = (body: object, status = 200) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.url === "/.well-known/openid-configuration")
      return void answer({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        // It would take a token that nobody signed, if it were asked.
        id_token_signing_alg_values_supported: ["RS256", "none"],
      });
    if (request.url === "/jwks") return void answer({ keys: [jwk] });
    if (next.lie.status !== undefined) return void answer({ error: "invalid_grant" }, next.lie.status);
    return void tokenOf().then((token) =>
      answer({ access_token: "access", token_type: "Bearer", expires_in: 60, id_token: token }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    given,
    lie: (nonce, lie = {}) => void (next = { nonce, lie }),
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
