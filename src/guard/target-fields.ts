import { z } from "zod";
import { Secret } from "../secret.js";
import { hasUnprintable, isDotSegment } from "../text/clean-text.js";

/** Where a target is: https, or http within a network of one's own. What is in it is shown, so that no password may be. */
export const address = z
  .string("must be an address like https://guard.example.com/plimsoll")
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    "must be an http:// or https:// address",
  )
  .refine((text) => {
    const { username, password } = URL.canParse(text) ? new URL(text) : { username: "", password: "" };
    return username === "" && password === "";
  }, "must not contain a user or password: give the secret as a field of its own")
  .transform((text) => new URL(text));

/** What is wrong with where a target is, though it can be used. */
export function doubtsAbout({ protocol, hostname }: URL): readonly string[] {
  const isLocal = /^(localhost$|127\.|\[::1\])/.test(hostname);
  return protocol === "https:" || isLocal
    ? []
    : ["its url is http, so that others on the way can read what is sent: use https"];
}

/** What a header can carry. */
const SENDABLE = /^[\x21-\x7e]{1,4096}$/;

/** A secret that goes out with each call, and nowhere else. */
export const secret = z
  .string("must be text")
  .regex(SENDABLE, "must be one line of ASCII letters, digits and punctuation, without spaces")
  .transform((text) => new Secret(text));

/** Why a guard_ref can be no part of an address, naming the field and the fix; null where it can. */
export function partProblem(guardRef: string): string | null {
  const isPart = !/[/\\]/.test(guardRef) && !hasUnprintable(guardRef) && !isDotSegment(guardRef);
  return isPart
    ? null
    : "guard_ref must not be . or .., nor hold slashes or control characters: it is a part of an address";
}

/** An address below a target's own, each part of the way encoded. */
export function below(base: URL, ...parts: readonly string[]): URL {
  const way = parts.map((part) => encodeURIComponent(part)).join("/");
  return new URL(way, base.href.endsWith("/") ? base.href : `${base.href}/`);
}
