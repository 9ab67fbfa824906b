/** What may be put into a template. */
export type Piece = string | number | null | undefined | Markup | readonly Piece[];

/** Text that is HTML already: nothing of it is escaped again. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const IN_NEED = /[&<>"']/;
const escapeOf = (char: string) => ESCAPES[char]!;

/** A template of HTML: whatever is put in is escaped, unless it is markup or a list of it; null puts in nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  // A view of a large fleet has a hundred thousand pieces.
  let text = strings[0]!;
  for (const [i, value] of values.entries()) text += textOf(value) + strings[i + 1]!;
  return new Markup(text);
}

function textOf(value: Piece): string {
  if (typeof value === "string") return IN_NEED.test(value) ? value.replaceAll(/[&<>"']/g, escapeOf) : value;
  if (value === null || value === undefined) return "";
  if (value instanceof Markup) return value.text;
  return typeof value === "number" ? String(value) : value.map(textOf).join("");
}
