import * as client from "openid-client";
import type { BegunLogin } from "./begun-login.js";

/** A sign-in waits for the issuer no longer than that. */
const ANSWER_WITHIN_S = 5;
/** The view to sign in waits so long to learn whether the issuer is there. */
const PATIENCE_MS = 1_500;
/** What the issuer says of itself is asked again after that; its keys are asked for whenever one is not known. */
const DISCOVERED_MS = 3_600_000;
/** After a failure it is not asked again for so long. */
const REST_MS = 3_000;

export interface IssuerSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** At each call; null for a client without one. */
  readonly clientSecret: () => string | null;
  /** Where the issuer sends a browser back to. */
  readonly redirectUri: string;
  readonly scopes: string;
}

/** Why an answer of the issuer opens nothing, as a named reason. */
export type IssuerRefusal = "issuer_away" | "refused_by_issuer" | "code_refused" | "id_token_refused";

/** An answer that opens nothing. It holds no token, code or claim. */
export class IssuerError extends Error {
  readonly refusal: IssuerRefusal;
  /** Code of the library or of the issuer. */
  readonly code: string;

  constructor(refusal: IssuerRefusal, code: string) {
    super(`${refusal}: ${code}`);
    this.name = "IssuerError";
    this.refusal = refusal;
    this.code = code;
  }
}

/** Where people sign in; every function but `isThere` throws IssuerError. */
export interface Issuer {
  /** As people are shown it. */
  readonly host: string;
  /** Whether it answers, as far as is known within a moment. */
  isThere(now: number): Promise<boolean>;
  /** Where a browser goes to sign in. */
  begin(login: BegunLogin, now: number): Promise<URL>;
  /** The claims of the ID token that the answer in a callback's query is good for. */
  finish(query: URLSearchParams, login: BegunLogin, now: number): Promise<Readonly<Record<string, unknown>>>;
}

/** Asks the issuer about itself when that is first needed, and again until it answers: one that is away stops nothing. */
export function openIssuer(settings: IssuerSettings): Issuer {
  let known: { readonly at: number; readonly config: Promise<client.Configuration> } | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;
  const configured = async (now: number): Promise<client.Configuration> => {
    if (known === null || now - known.at > DISCOVERED_MS) {
      if (now >= failedAt && now - failedAt < REST_MS) throw new IssuerError("issuer_away", "resting");
      const config = discover(settings);
      known = { at: now, config };
      config.catch(() => {
        known = null;
        failedAt = now;
      });
    }
    return known.config;
  };
  return {
    host: new URL(settings.issuer).host,
    async isThere(now) {
      const asked = configured(now).then(
        () => true,
        () => false,
      );
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), PATIENCE_MS);
      });
      return Promise.race([asked, late]).finally(() => clearTimeout(timer));
    },
    async begin(login, now) {
      const [config, challenge] = [await configured(now), await client.calculatePKCECodeChallenge(login.verifier)];
      try {
        return client.buildAuthorizationUrl(config, {
          redirect_uri: settings.redirectUri,
          scope: settings.scopes,
          state: login.state,
          nonce: login.nonce,
          code_challenge: challenge,
          code_challenge_method: "S256",
        });
      } catch (error) {
        // Its document names no place to sign in, or none that is safe.
        throw new IssuerError("issuer_away", codeOf(error));
      }
    },
    async finish(query, login, now) {
      const config = await configured(now);
      const answer = new URL(settings.redirectUri);
      answer.search = query.toString();
      try {
        const tokens = await client.authorizationCodeGrant(config, answer, {
          expectedState: login.state,
          expectedNonce: login.nonce,
          pkceCodeVerifier: login.verifier,
          idTokenExpected: true,
        });
        return tokens.claims() ?? {};
      } catch (error) {
        throw refusalOf(error);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: IssuerSettings): Promise<client.Configuration> {
  const url = new URL(issuer);
  // The code flow trusts TLS for an ID token unless told otherwise: its signature is checked as well.
  const checks = [client.enableNonRepudiationChecks];
  if (url.protocol === "http:") checks.push(client.allowInsecureRequests);
  const authenticate: client.ClientAuth = (as, of, body, headers) => {
    const secret = clientSecret();
    if (secret === null) return client.None()(as, of, body, headers);
    const methods = as.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const way = methods.includes("client_secret_basic") ? client.ClientSecretBasic : client.ClientSecretPost;
    return way(secret)(as, of, body, headers);
  };
  try {
    return await client.discovery(url, clientId, {}, authenticate, { execute: checks, timeout: ANSWER_WITHIN_S });
  } catch (error) {
    throw new IssuerError("issuer_away", codeOf(error));
  }
}

/** Of an error of the library nothing goes on but its code: its cause may hold a token. */
function refusalOf(error: unknown): IssuerError {
  if (error instanceof IssuerError) return error;
  if (error instanceof client.AuthorizationResponseError) return new IssuerError("refused_by_issuer", error.error);
  if (error instanceof client.ResponseBodyError)
    return new IssuerError(error.status >= 500 ? "issuer_away" : "code_refused", error.error);
  if (error instanceof client.WWWAuthenticateChallengeError) return new IssuerError("code_refused", "unauthorized");
  const code = codeOf(error);
  return new IssuerError(
    /^(?:OAUTH_(?:TIMEOUT|ABORT|RESPONSE_IS_NOT_CONFORM|RESPONSE_IS_NOT_JSON)|unknown)$/.test(code)
      ? "issuer_away"
      : "id_token_refused",
    code,
  );
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && /^[A-Z_]{1,80}$/.test(code) ? code : "unknown";
}
