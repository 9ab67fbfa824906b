import type { FastifyReply } from "fastify";
import { LONGEST_NAME, looksVerified } from "../model/incident/person-text.js";
import { problemOfText } from "./parse-text.js";
import type { Cookies, Session } from "./session.js";

const COOKIE = "plimsoll_name";
const YEAR_S = 365 * 86_400;

/** Has the browser remember who acts, so that a name is typed once. It opens nothing. A verified name is not typed. */
export function rememberName(reply: FastifyReply, name: string, { person }: Session): FastifyReply {
  return person === null ? reply.setCookie(COOKIE, name, { maxAge: YEAR_S }) : reply;
}

/** Who acts: the verified name, else, unless they say otherwise, the one that was remembered, or that of the sign-in. */
export const actorOf = (cookies: Cookies, { person, who }: Pick<Session, "person" | "who">): string =>
  person ?? (cookies[COOKIE] || who);

/** What is wrong with the name that an act is recorded under, in a sentence; null when nothing is. `person` is the verified one: it is not typed. */
export function problemOfName(name: string, person: string | null, isNeeded: boolean): string | null {
  if (person !== null) return null;
  if (looksVerified(name)) return "A name that begins with oidc: is given by the issuer alone: type yours without it.";
  return (
    problemOfText(name, LONGEST_NAME) ??
    (name === "" && isNeeded ? "Give your name: it is recorded with the action." : null)
  );
}

/** Why whoever is signed in does not act, and what would let them. */
export function whyOnlyLooks({ person }: Session): string {
  return person === null
    ? "Your token can only read: acting requires an admin token (PLIMSOLL_ADMIN_TOKENS)."
    : "Your groups can only read: acting requires one of the groups of PLIMSOLL_OIDC_ACT_GROUPS, or an admin token.";
}
