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

/** What is not seen, or only dots a letter. */
const UNSEEN = /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Cf}\p{M}\s\u2800]/gu;
/** Letters of any script that read as those of the prefix, after NFKC and in lower case, and signs that read as its colon. */
const LIKE_O = "o0\u03bf\u043e\u0585\u1d0f\u00f8\u0275\u03c3\u0d20\u2c9f\u{10437}";
const LIKE_I = "i1l|!\u0131\u026a\u0269\u03b9\u0456\u04cf\u13a5\uab75\u0142\u0268\u2c93\u01c0\u2223";
const LIKE_D = "d\u0501\u0257\u0256\u0111\u1d05\u13e7\u13a0\uab70\uabb7";
const LIKE_C = "c\u03c2\u03c3\u03f2\u0441\u1d04\u2ca5\u1455\u13df\uabaf\u0188";
const LIKE_COLON =
  /\u0903|\u0a83|[:\u2236\u2237\u2254\ua789\u02d0\u02f8\u0589\u05c3\u0703\u0704\u16ec\u205a\u205d\u2982\ua4fd\ufe30\ufe13\ufe55\uff1a\u1361\u1365\u1809\u1804]/gu;
const LIKE_VERIFIED = new RegExp(
  `^[^\\p{L}\\p{N}]*[${LIKE_O}][${LIKE_I}][${LIKE_D}][${LIKE_C}][^\\p{L}\\p{N}:]*:`,
  "u",
);

/** Whether a typed name passes itself off as one that an issuer vouched for: in letters of other scripts, with other colons, or with what is not seen. */
export function looksVerified(typed: string): boolean {
  // Colons are read before and after NFKD, which takes some apart, and before marks are taken out: some count as marks.
  const read = typed
    .replaceAll(LIKE_COLON, ":")
    .normalize("NFKD")
    .replaceAll(LIKE_COLON, ":")
    .replaceAll(UNSEEN, "")
    .normalize("NFKC")
    .toLowerCase();
  return LIKE_VERIFIED.test(read);
}

/** Whether a text holds what is not seen: two names that read the same would be two. */
export const hasHidden = (text: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text);

/** Why a name or note is not taken; null when it is. */
export function judgePersonText(text: string, longest: number): "too long" | "unprintable" | "raw key" | null {
  if (text.length > longest) return "too long";
  if (looksLikeSecret(text)) return "raw key";
  return hasUnprintable(text) ? "unprintable" : null;
}
