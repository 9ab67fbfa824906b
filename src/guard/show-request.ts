import type { GuardRequest } from "./define-target.js";

/** A request as people read it, without what it is allowed by: that is made for each try. What stands behind the ? of an address may be a token. */
export function showRequest({ method, url, headers, body }: GuardRequest): string {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `${method} ${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`,
    ...head,
    "(and the credential of the guard)",
    ...(body === null ? [] : ["", body]),
  ].join("\n");
}
