import type { FastifyRequest } from "fastify";
import { queryOf } from "./find/asked.js";
import { pageOf } from "./layout.js";
import { html, type Markup } from "./markup.js";
import type { Issuer } from "./oidc/issuer.js";
import { ourPage, rootOf } from "./own-pages.js";
import type { Sessions } from "./session.js";
import { isFromThisMachine } from "./this-machine.js";

/** What people can sign in with. */
export interface SignInWays {
  readonly sessions: Sessions;
  /** Null where nobody signs in at an issuer. */
  readonly people: { readonly issuer: Pick<Issuer, "host" | "isThere"> } | null;
  readonly now: () => number;
}

/** What stands in the place of a page for who is not signed in, and with which status: how to sign in, or that nothing would help. */
export async function signInInstead(
  { sessions, people, now }: SignInWays,
  request: FastifyRequest,
  to = ourPage((request.url.split("?")[0] ?? "").slice(1)),
  problem = "",
): Promise<{ readonly page: string; readonly status: 401 | 403 }> {
  const root = rootOf(request.url);
  const opensWith = sessions.opensWith(isFromThisMachine(request));
  if (opensWith === null && people === null) return { page: closedPage(root), status: 403 };
  const atIssuer =
    people === null ? null : issuerLink(root, to, people.issuer.host, await people.issuer.isThere(now()));
  const body = html`${problem === "" ? null : html`<p class="error" role="alert">${problem}</p>`} ${atIssuer}
  ${opensWith === null ? null : tokenForm(root, to, opensWith)}`;
  return { page: pageOf("Sign in", root, body), status: 401 };
}

function issuerLink(root: string, to: string, host: string, isThere: boolean): Markup {
  const away = html`<p class="error" role="status">
    ${host} does not answer at the moment: signing in there may fail. Tokens work as ever.
  </p>`;
  return html`${isThere ? null : away}
    <p><a class="button" href="${root}sign-in/oidc${queryOf({ to })}">Sign in with ${host}</a></p>`;
}

function tokenForm(root: string, to: string, opensWith: "tokens" | "link of the terminal"): Markup {
  const label =
    opensWith === "tokens"
      ? "A token: what follows = in PLIMSOLL_READ_TOKENS (read) or PLIMSOLL_ADMIN_TOKENS (read and act). That of npm start is in the file .plimsoll/admin.token (with --data DIR: DIR/admin.token)"
      : "A token: the part after # of the link that serve printed on its terminal at start";
  return html`<form method="post" action="${root}sign-in">
    <input type="hidden" name="to" value="${to}" />
    <p><label for="token">${label}</label></p>
    <p><input id="token" name="token" type="password" autocomplete="current-password" required /></p>
    <p><button>Sign in</button></p>
  </form>`;
}

function closedPage(root: string): string {
  const body = html`<p role="alert">Nobody can sign in: no dashboard token is configured.</p>
    <p>
      Set PLIMSOLL_READ_TOKENS (read) or PLIMSOLL_ADMIN_TOKENS (read and act) to <code>name=token</code>, with 16 or
      more random characters, and start <code>plimsoll serve</code> again:
    </p>
    <pre>PLIMSOLL_ADMIN_TOKENS=me=$(openssl rand -hex 24)</pre>
    <p>
      Without any token <code>serve</code> prints a link for this purpose if it is started at a terminal and listens on
      127.0.0.1. That link opens the pages to a browser on the same machine, and through no proxy.
    </p>`;
  return pageOf("Closed", root, body);
}
