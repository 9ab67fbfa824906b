/** How logs and programs write a character that they would not write as it is: nginx `\x22`, JSON `\u0022` and `\n`, URLs `%0A`, HAProxy `#22`. */
const ESCAPE = String.raw`\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0-7]{1,3}|[A-Za-z])|%u[0-9A-Fa-f]{4}|[%#][0-9A-Fa-f]{2}`;
const AT_END = new RegExp(`(?:${ESCAPE})$`);
const AT_START = new RegExp(ESCAPE, "y");
const LONGEST_ESCAPE = 6;
const HEX_AT_END = /[ux%#]([0-9A-Fa-f]+)$/;

/** True when what stands right before a place is an escaped character: its last letter or digit is no part of a word. */
export function isAfterEscape(text: string, at: number): boolean {
  return AT_END.test(text.slice(Math.max(0, at - LONGEST_ESCAPE), at));
}

/** The escaped character that begins at a place: where it ends and its code (NaN where none is written); null when none begins there. */
export function escapeAt(text: string, at: number): { readonly to: number; readonly code: number } | null {
  AT_START.lastIndex = at;
  const escape = AT_START.exec(text)?.[0];
  if (escape === undefined) return null;
  return { to: at + escape.length, code: Number.parseInt(HEX_AT_END.exec(escape)?.[1] ?? "", 16) };
}
