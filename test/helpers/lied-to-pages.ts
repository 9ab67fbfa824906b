import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { CookieBrowser } from "./cookie-browser.js";
import { LYING_CLIENT, openLyingIssuer, type Lie } from "./lying-issuer.js";
import { CLAIM_RULES } from "./oidc-issuer.js";
import { openChecks } from "./open-checks.js";
import { openPages, type OpenPages, type PagesRequest } from "./open-pages.js";

/** Pages whose people sign in at an issuer that says whatever a test wants. */
export type LiedToPages = Awaited<ReturnType<typeof openLiedToPages>>;

/** Opens them, with a clock that a test may put forward, and a token that may act. */
export async function openLiedToPages() {
  const [checks, issuer] = await Promise.all([openChecks(), openLyingIssuer()]);
  const admin = randomBytes(24).toString("hex");
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
  const clock = { laterMs: 0 };
  const oidcOf = (changed: Partial<NonNullable<PagesRequest["oidc"]>> = {}) => ({
    ...CLAIM_RULES,
    issuer: issuer.url,
    clientId: LYING_CLIENT,
    clientSecret: () => null,
    scopes: "openid",
    ...changed,
  });
  const open = async (changed: Partial<PagesRequest> = {}) =>
    openPages({
      advance: checks.deps,
      admin: [admin],
      log,
      trustedProxies: ["127.0.0.1"],
      now: () => Date.now() + clock.laterMs,
      oidc: oidcOf(),
      ...changed,
    });
  const pages = await open();
  const begin = async (browser: CookieBrowser, at: OpenPages = pages) => {
    const begun = await browser.ask(`${at.url}/sign-in/oidc`);
    const { searchParams: query } = new URL(begun.headers.get("location")!);
    return { state: query.get("state")!, nonce: query.get("nonce")!, query };
  };
  const comeBack = async (browser: CookieBrowser, state: string, at: OpenPages = pages, more = "") =>
    browser.ask(`${at.url}/sign-in/oidc/callback?code=a-code&state=${state}${more}`);
  return {
    pages,
    issuer,
    admin,
    lines,
    clock,
    oidcOf,
    open,
    /** Begins a sign-in, and gives what it is recognised by. */
    begin,
    comeBack,
    /** Signs in where the issuer says so. */
    async signIn(lie: Lie = {}, at: OpenPages = pages) {
      const browser = new CookieBrowser();
      const { state, nonce } = await begin(browser, at);
      issuer.lie(nonce, lie);
      const answer = await comeBack(browser, state, at);
      return { status: answer.status, text: await answer.text(), browser };
    },
    async close() {
      await Promise.all([pages.close(), issuer.close()]);
      await checks.close();
    },
  };
}
