const percent = (text: string) =>
  Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
/** What is escaped of a key: its signs, and some of its letters. */
const ESCAPED = /[^A-Za-z0-9]|[A-D]/g;
const escaped = (key: string, write: (hex: string) => string) =>
  key.replaceAll(ESCAPED, (sign) => write(sign.charCodeAt(0).toString(16)));
const between = (text: string, sign: string) => text.split("").join(sign);

/** How a raw key is written so that it is not seen to be one, by what is done to it; every one can be read as the key again. */
export const DISGUISES: Readonly<Record<string, (key: string) => string>> = {
  "percent-encoded": percent,
  "percent-encoded in part": (key) => key.slice(0, 5) + percent(key.slice(5, 12)).toUpperCase() + key.slice(12),
  "percent-encoded five times": (key) => [1, 2, 3, 4].reduce((text) => text.replaceAll("%", "%25"), percent(key)),
  "with control characters": (key) => between(key, "\u0007"),
  "with tabs and newlines": (key) => `${key.slice(0, 6)}\t\r\n${key.slice(6)}`,
  "with marks of direction": (key) => `${key.slice(0, 4)}\u202e${key.slice(4, 9)}\u2066${key.slice(9)}`,
  "with unseen spaces": (key) => between(key, "\u200b"),
  "with soft hyphens and joiners": (key) => `${key.slice(0, 7)}\u00ad\u200d\ufeff${key.slice(7)}`,
  "with tags": (key) => between(key, "\u{e0041}"),
  "with halves of characters": (key) => `${key.slice(0, 8)}\ud800${key.slice(8)}`,
  "with percent-encoded unseen spaces": (key) => between(key, "%E2%80%8B"),
  "with percent-encoded NUL": (key) => `${key.slice(0, 9)}%00${key.slice(9)}`,
  "escaped for JSON": (key) => escaped(key, (hex) => `\\u00${hex}`),
  "escaped for JSON, one sign alone": (key) =>
    key.replace(/[^A-Za-z0-9]|[A-D]/, (sign) => escaped(sign, (hex) => `\\u00${hex}`)),
  "escaped as Django's escapejs does": (key) => escaped(key, (hex) => `\\u00${hex.toUpperCase()}`),
  "escaped for JSON in JSON": (key) => escaped(key, (hex) => `\\\\u00${hex}`),
  "escaped by two digits": (key) => escaped(key, (hex) => `\\x${hex}`),
  "escaped by JavaScript's escape": (key) => escaped(key, (hex) => `%u00${hex}`),
  "escaped by code points": (key) => escaped(key, (hex) => `\\u{${hex}}`),
  "escaped by octal digits": (key) =>
    escaped(key, (hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, "0")}`),
  "escaped, and the escapes percent-encoded": (key) => escaped(key, (hex) => `%5Cu00${hex}`),
  "with escaped slashes": (key) =>
    key.replaceAll("/", "\\/").replace(/[_.]/, (sign) => escaped(sign, (hex) => `\\x${hex}`)),
  "with a newline that is escaped": (key) => `${key.slice(0, 7)}\\n${key.slice(7)}`,
};
