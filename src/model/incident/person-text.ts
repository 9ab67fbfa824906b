import { hasUnprintable, isBlank } from "../../text/clean-text.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";

/** The longest name of a person, and the longest note, that is kept with an act on an incident. */
export const LONGEST_NAME = 100;
export const LONGEST_NOTE = 1000;

/** A typed text on one line; "" where nobody would see anything of it. */
export function onOneLine(typed: string): string {
  return isBlank(typed) ? "" : typed.replaceAll(/\s+/g, " ").trim();
}

/** What stands before a name that an issuer vouches for. No name that somebody types, or that PagerDuty says, keeps it. */
const VERIFIED = "oidc:";

/** A name as it is recorded where an issuer vouches for it; null where there is none. */
export const verifiedName = (name: string): string | null => (name === "" ? null : `${VERIFIED}${name}`);

/** Whether a recorded name is one that an issuer vouched for. */
export const isVerifiedName = (recorded: string): boolean => recorded.startsWith(VERIFIED);

/** Whether a typed name passes itself off as one that an issuer vouched for, also in wide letters or with blanks. */
export function looksVerified(typed: string): boolean {
  return /^[^\p{L}\p{N}]*oidc[^\p{L}\p{N}]*:/iu.test(typed.normalize("NFKC").replaceAll(/[\p{Cf}\p{M}\s]/gu, ""));
}

/** Why a name or note is not taken; null when it is. */
export function judgePersonText(text: string, longest: number): "too long" | "unprintable" | "raw key" | null {
  if (text.length > longest) return "too long";
  if (looksLikeSecret(text)) return "raw key";
  return hasUnprintable(text) ? "unprintable" : null;
}
