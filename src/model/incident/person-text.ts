import { hasUnprintable, isBlank } from "../../text/clean-text.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";

/** The longest name of a person, and the longest note, that is kept with an act on an incident. */
export const LONGEST_NAME = 100;
export const LONGEST_NOTE = 1000;

/** A typed text on one line; "" where nobody would see anything of it. */
export function onOneLine(typed: string): string {
  return isBlank(typed) ? "" : typed.replaceAll(/\s+/g, " ").trim();
}

/** Why a name or note is not taken; null when it is. */
export function judgePersonText(text: string, longest: number): "too long" | "unprintable" | "raw key" | null {
  if (text.length > longest) return "too long";
  if (looksLikeSecret(text)) return "raw key";
  return hasUnprintable(text) ? "unprintable" : null;
}
