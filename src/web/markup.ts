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

/** A template of HTML: whatever is put in is escaped, unless it is markup or a list of it; null puts in nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < values.length ? textOf(values[i]) : "")).join(""));
}

function textOf(value: Piece): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return String(value).replaceAll(/[&<>"']/g, (char) => ESCAPES[char]!);
}
