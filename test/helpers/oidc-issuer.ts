import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type Configuration } from "oidc-provider";

/** Who may what in tests, and by which claims. */
export const CLAIM_RULES = {
  requiredClaim: null,
  nameClaim: "email",
  groupsClaim: "groups",
  readGroups: ["dev"],
  actGroups: ["sec"],
};

/** Somebody whom an issuer knows. */
export interface IssuerAccount {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
}

/** A real OpenID provider on a port of its own, at which whoever comes is signed in as `account`. */
export interface OidcIssuer {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who signs in next. */
  as(account: IssuerAccount): void;
  /** Lets a client come back there. */
  serve(redirectUri: string): void;
  close(): Promise<void>;
}

/** Listens; answers once `serve` says where its client comes back to. */
export async function openOidcIssuer(port = 0): Promise<OidcIssuer> {
  const [clientId, clientSecret] = ["plimsoll", "secret-of-the-client-in-this-test"];
  const accounts = new Map<string, IssuerAccount>();
  let current = "";
  const server = createServer((_request, response) => response.writeHead(503).end());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configuration = (redirectUri: string): Configuration => ({
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["a key of this test"] },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, ...(accounts.get(id) as Record<string, unknown>) }),
    }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client!.clientId,
        accountId: context.oidc.session!.accountId!,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  return {
    url,
    clientId,
    clientSecret,
    as(account) {
      current = `account-${accounts.size + 1}`;
      accounts.set(current, account);
    },
    serve(redirectUri) {
      const provider = new Provider(url, configuration(redirectUri));
      const answer = provider.callback();
      server.removeAllListeners("request");
      server.on("request", (request, response) => {
        if (request.url?.startsWith("/interaction/") === true)
          void provider.interactionFinished(request, response, { login: { accountId: current } });
        else void answer(request, response);
      });
    },
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
