import type { FastifyReply } from "fastify";
import type { Cookies } from "./session.js";

const COOKIE = "plimsoll_name";
const YEAR_S = 365 * 86_400;

/** Has the browser remember who acts, so that a name is typed once. It opens nothing. */
export function rememberName(reply: FastifyReply, name: string): FastifyReply {
  return reply.setCookie(COOKIE, name, { maxAge: YEAR_S });
}

/** The remembered name, or "". */
export const nameOf = (cookies: Cookies): string => cookies[COOKIE] ?? "";
