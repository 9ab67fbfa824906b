import { createHash, createHmac } from "node:crypto";
import type { BegunSignIns } from "../../store/sign-in/begun-sign-ins.js";
import type { KnownBrowsers } from "../../store/sign-in/known-browsers.js";
import { sessionDigest, type PersonSessions } from "../../store/sign-in/person-sessions.js";
import { SESSION_COOKIE, type Cookies, type Session } from "../session.js";
import type { Issuer, IssuerSettings } from "./issuer.js";
import type { ClaimRules } from "./judge-claims.js";

/** What people sign in by at an issuer. */
export interface PersonSignIn {
  readonly issuer: Issuer;
  readonly sessions: PersonSessions;
  readonly begun: BegunSignIns;
  readonly browsers: KnownBrowsers;
  readonly rules: ClaimRules;
  /** Stands for all settings that say whom is let in: a session counts as long as they stay the same. */
  readonly terms: string;
}

/** Tells a session at an issuer from one of a token, whose cookie begins with an instant. */
const PERSON_SESSION = /^oidc\.([\w-]{43})$/;

/** The settings that say whom is let in, as one short text. */
export function termsOf({ issuer, clientId }: Pick<IssuerSettings, "issuer" | "clientId">, rules: ClaimRules): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, clientId, rules]))
    .digest("hex")
    .slice(0, 16);
}

/** The id of the session that cookies carry; null where it is none of a person. */
export const personSessionId = (cookies: Cookies): string | null =>
  PERSON_SESSION.exec(cookies[SESSION_COOKIE] ?? "")?.[1] ?? null;

/** What the cookie of a session holds. */
export const personCookie = (id: string): string => `oidc.${id}`;

/** The session of a person, if it counts at an instant (epoch ms). @throws Error when Redis does not answer: then nobody knows */
export async function readPersonSession(
  { sessions, terms }: Pick<PersonSignIn, "sessions" | "terms">,
  id: string,
  now: number,
): Promise<Session | null> {
  const session = await sessions.read(id, now);
  if (session === null || session.terms !== terms) return null;
  return {
    id: sessionDigest(id),
    who: session.name,
    person: session.name,
    mayAct: session.mayAct,
    from: session.from,
    until: session.until,
    formToken: createHmac("sha256", id).update("forms").digest("hex"),
  };
}
