import { findSecrets } from "./find-secrets.js";
import { plainViewOf, type PlainView } from "./plain-view.js";
import { maskSpans, mergeSpans, type TextSpan } from "./text-spans.js";

/**
 * So many characters behind a field's cap are looked at as well: a secret that begins before the cap is recognised by them, also percent-encoded.
 * Raw keys end at 512 characters; of the shapes only tokens with claims (JWT) may be longer than this.
 */
export const LONGEST_SECRET = 2048;

/** True when the whole text, or a part of it, has the shape of a secret, also percent-encoded or with unseen characters in it. */
export function looksLikeSecret(text: string): boolean {
  return secretSpans(text, plainViewOf(text)).length > 0;
}

/** The text with every shape of a secret replaced by `[secret]`, and whether there was any. */
export function maskSecrets(text: string): { readonly text: string; readonly masked: boolean } {
  const spans = secretSpans(text, plainViewOf(text));
  return spans.length === 0 ? { text, masked: false } : { text: maskSpans(text, spans), masked: true };
}

/** Where shapes of secrets stand in a text, as it is or as its plain view (null: the same) says. */
export function secretSpans(text: string, view: PlainView | null): readonly TextSpan[] {
  const spans = findSecrets(text);
  return view === null ? spans : mergeSpans(spans, inOriginal(findSecrets(view.text, view), view));
}

/** Spans of a plain view, in the text that it is of. */
export function inOriginal(spans: readonly TextSpan[], view: PlainView): readonly TextSpan[] {
  return spans.map(({ from, to }) => ({ from: view.begins[from]!, to: view.ends[to - 1]! }));
}
