import { randomBytes } from "node:crypto";
import { KNOWN_BROWSER_MS, type KnownBrowsers } from "../../store/sign-in/known-browsers.js";
import { BROWSER_COOKIE, type Cookies, type NewCookie } from "../session.js";

/** Tells a browser that signed in at an issuer from one that showed a token. */
const PERSON_BROWSER = /^oidc\.[\w-]{43}$/;

/** Which browser that signed in at the issuer before sent these cookies; null when they say none, or nobody knows because Redis does not answer. */
export async function personBrowserOf(browsers: KnownBrowsers, cookies: Cookies): Promise<string | null> {
  const shown = cookies[BROWSER_COOKIE] ?? "";
  if (!PERSON_BROWSER.test(shown)) return null;
  return (await browsers.knows(shown).catch(() => false)) ? shown : null;
}

/** What a browser keeps after a sign-in at the issuer, to be known by: a new one, unless it was known. @throws what Redis throws */
export async function rememberPersonBrowser(browsers: KnownBrowsers, known: string | null): Promise<NewCookie> {
  const value = known ?? `oidc.${randomBytes(32).toString("base64url")}`;
  await browsers.remember(value);
  return { name: BROWSER_COOKIE, value, maxAge: KNOWN_BROWSER_MS / 1000 };
}
