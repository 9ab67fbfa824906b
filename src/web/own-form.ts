import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import type { Session } from "./session.js";

/** Name of the field that carries the session's form token. */
export const FORM_TOKEN = "form_token";

/** Why a form is not taken; null when it is. */
export type FormRefusal = "another site" | "no origin" | "stale form" | "field twice";

/** The fields that a browser sent; none where it sent no form. */
export const formOf = ({ body }: FastifyRequest): URLSearchParams =>
  body instanceof URLSearchParams ? body : new URLSearchParams();

/**
 * Judges where a form came from, each by itself enough against another site: what the browser says of the page that sent it (which
 * no page can change), and the session's token in it. A proxy may serve us under another name: then `baseUrl` tells ours.
 */
export function judgeForm(
  headers: IncomingHttpHeaders,
  form: URLSearchParams,
  session: Session,
  baseUrl: string | null,
): FormRefusal | null {
  if (headers.origin === undefined && headers["sec-fetch-site"] === undefined) return "no origin";
  if (!isFromHere(headers, baseUrl)) return "another site";
  if (!isSame(form.get(FORM_TOKEN) ?? "", session.formToken)) return "stale form";
  // The first would count, or the last: nobody can say which one was meant.
  return new Set(form.keys()).size < form.size ? "field twice" : null;
}

/** The same of who acts: why a form of a session is not taken. */
export function judgeAct(
  headers: IncomingHttpHeaders,
  form: URLSearchParams,
  session: Session,
  baseUrl: string | null,
): FormRefusal | "may only look" | null {
  const refusal = judgeForm(headers, form, session, baseUrl);
  if (refusal === "another site" || refusal === "no origin") return refusal;
  return session.mayAct ? refusal : "may only look";
}

/** Whether a browser says that another site made it send a request. What is no browser says nothing, and no site makes it do anything. */
export function isFromAnotherSite(headers: IncomingHttpHeaders, baseUrl: string | null): boolean {
  const says = headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
  return says && !isFromHere(headers, baseUrl);
}

function isFromHere({ origin, host, "sec-fetch-site": site }: IncomingHttpHeaders, baseUrl: string | null): boolean {
  // Browsers tell it over TLS and on this machine; elsewhere over plain HTTP there is only the origin.
  if (site !== undefined) return site === "same-origin";
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host || (baseUrl !== null && new URL(origin).origin === new URL(baseUrl).origin);
}

function isSame(shown: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(shown), digest(expected));
}
