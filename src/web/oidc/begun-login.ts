import { createHmac, randomBytes } from "node:crypto";

/** Name of the cookie that binds a sign-in to the browser that began it. */
export const LOGIN_COOKIE = "plimsoll_login";
const BROWSER_SECRET = /^[\w-]{43}$/;

/** What a sign-in at an issuer is recognised by: all of it follows from a secret that its browser alone holds, and that nothing here stores. */
export interface BegunLogin {
  readonly secret: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A new sign-in. */
export const beginLogin = (): BegunLogin => loginOf(randomBytes(32).toString("base64url"));

/** The sign-in of a browser's cookie; null where it is none. */
export const readLogin = (cookie: string | undefined): BegunLogin | null =>
  cookie !== undefined && BROWSER_SECRET.test(cookie) ? loginOf(cookie) : null;

function loginOf(secret: string): BegunLogin {
  const derive = (what: string) => createHmac("sha256", secret).update(what).digest("base64url");
  return { secret, state: derive("state"), nonce: derive("nonce"), verifier: derive("verifier") };
}
