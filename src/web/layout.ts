import { searchBox } from "./find/search-box.js";
import { html, Markup, type Piece } from "./markup.js";

/** What every page may load: its own stylesheet and script, no inline code, no other host, no frame around it; and what its script may ask is this host. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not no-referrer: then the origin of a form would be null, and could not be told from another site's.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** Where a page says who is signed in: nothing else in a page is a comment. */
const SESSION_PLACE: Markup = html`<!--session-->`;

/** A page for who is signed in: its head says where they are (`section`, as its link has it), searches, says as whom, and leads to signing out. */
export function signedInPage(
  page: string,
  { who, mayAct }: { readonly who: string; readonly mayAct: boolean },
  root: string,
  section: string | null,
): string {
  const session = html`${searchBox(root)}
    <span class="session">Signed in as <strong>${who}</strong> (${mayAct ? "may act" : "read only"})</span>
    <a href="${root}sign-out">Sign out</a>`;
  // The links of the head are the first of a page.
  const link = section === null ? null : `<a href="${root}${section}"`;
  const marked = link === null ? page : page.replace(link, () => `${link} aria-current="true"`);
  return marked.replace(SESSION_PLACE.text, () => session.text);
}

/** A whole page: `root` is the relative way from it to `/`, so that a proxy may serve all of it under a path; `head` is what it loads besides. */
export function pageOf(title: string, root: string, body: Markup, head: Markup | null = null): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Plimsoll</title>
        <link rel="icon" href="${root}assets/plimsoll.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${root}assets/plimsoll.css" />
        <script src="${root}assets/plimsoll.js" defer></script>
        <script src="${root}assets/times.js" defer></script>
        <script src="${root}assets/search.js" defer></script>
        ${head}
      </head>
      <body>
        <header>
          <nav aria-label="Plimsoll">
            <span class="brand">Plimsoll</span> <a href="${root}">Keys</a> <a href="${root}incidents">Incidents</a>
            <a href="${root}coverage">Coverage</a>
            <a href="${root}suppressions">Suppressions</a> <a href="${root}audit">Audit</a>
            ${SESSION_PLACE}
          </nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
        <footer>
          Times are <span data-zone-name>UTC</span>.
          <button type="button" data-zone-switch hidden>Show times in UTC</button> Networks: IP-location data by
          ip-location-db and the NRO, CC BY 4.0.
        </footer>
      </body>
    </html>`.text;
}

/** The head of a column: its name, or a link that sorts by it and how the rows are sorted by it now. */
export type Head =
  | string
  | { readonly name: string; readonly text: Markup; readonly sort: "ascending" | "descending" | null };

/** Of a caption: how many rows it has; an empty table says so itself. */
export const countedAfter = (rows: number): string => (rows === 0 ? "" : `: ${countOf(rows)}`);

/** A table that says what it holds, without the columns in which it says nothing; on a narrow screen each row is a card whose lines say their columns. Roles are given: a table laid out so loses its own. */
export function tableOf(caption: string, heads: readonly Head[], rows: readonly (readonly Piece[])[]): Markup {
  if (rows.length === 0) return html`<p>${caption}: none.</p>`;
  const columns = columnsOf(heads, rows);
  const head = columns.map(
    ({ head: one, isFigure }) =>
      html`<th scope="col" role="columnheader" ${isFigure ? html`class="number"` : null} ${sortOf(one)}>
        ${typeof one === "string" ? one : one.text}
      </th>`,
  );
  const lines = rows.map(
    (cells) =>
      html`<tr role="row">
        ${columns.map((one) => html`<td role="cell" data-head="${one.name}" ${classOf(cells[one.at], one.isFigure)}>${cells[one.at]}</td>`)}
      </tr>`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table role="table" ${isWide(columns, rows) ? html` class="many"` : null}>
      <caption>
        ${caption}
      </caption>
      <thead role="rowgroup" ${heads.some((one) => typeof one !== "string") ? html` class="sorts"` : null}>
        <tr role="row">
          ${head}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${lines}
      </tbody>
    </table>
  </div>`;
}

/** Names and what they are, a line each. */
export function factsOf(facts: readonly (readonly [string, Piece])[]): Markup {
  return html`<dl>
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** An instant (epoch ms) to the minute, UTC. */
export function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

/** The same for the body of a page, where a script shows it in the reader's zone; `zone` is what follows where UTC is not clear by itself. */
export function timeOf(at: number, zone = ""): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${minuteOf(at)}${zone}</time>`;
}

/** Made once: a list has thousands of amounts. */
const DOLLARS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const COUNTS = new Intl.NumberFormat("en-US");

/** Millionths of a dollar as dollars. */
export function dollarsOf(micros: number): string {
  return `$${DOLLARS.format(micros / 1e6)}`;
}

/** A whole number as people read it. */
export function countOf(count: number): string {
  return COUNTS.format(count);
}

/** So many columns fit on no tablet. */
const MANY_HEADS = 7;
/** So many are, if a cell of them is long. */
const MANY_WITH_LONG = 5;
/** Cells that are broken into lines and are wide enough to be read so. */
const LONG_CELL = 40;

const NUMBER = html` class="number"`;
const LONG = html` class="long"`;

/** What stands for a figure that is not known. */
const NO_FIGURE: ReadonlySet<string> = new Set(["", "–", "unknown"]);

const nameOf = (head: Head): string => (typeof head === "string" ? head : head.name);
const sortOf = (head: Head): Markup | null =>
  typeof head === "string" || head.sort === null ? null : html`aria-sort="${head.sort}"`;

/** A column of a table: which cell of a row is in it, and whether these are figures. */
interface Column {
  readonly head: Head;
  /** As markup, so that it is escaped once and not for each row. */
  readonly name: Markup;
  readonly at: number;
  readonly isFigure: boolean;
}

/** Columns that say something, or sort; of figures, those that are not known stand below the others. */
function columnsOf(heads: readonly Head[], rows: readonly (readonly Piece[])[]): readonly Column[] {
  return heads.flatMap((head, at) => {
    const cells = rows.map((row) => row[at]);
    if (typeof head === "string" && cells.every(isEmpty)) return [];
    const isFigure =
      cells.some(isNumber) && cells.every((cell) => typeof cell !== "string" || isNumber(cell) || NO_FIGURE.has(cell));
    return [{ head, name: html`${nameOf(head)}`, at, isFigure }];
  });
}

function isWide(columns: readonly Column[], rows: readonly (readonly Piece[])[]): boolean {
  const isLong = (cell: Piece) => typeof cell === "string" && cell.length > LONG_CELL;
  const hasLong = () => rows.some((cells) => columns.some(({ at }) => isLong(cells[at])));
  return columns.length >= MANY_HEADS || (columns.length >= MANY_WITH_LONG && hasLong());
}

function classOf(cell: Piece, isFigure: boolean): Markup | null {
  if (isFigure) return NUMBER;
  return typeof cell === "string" && cell.length > LONG_CELL ? LONG : null;
}

function isEmpty(cell: Piece): boolean {
  return (cell instanceof Markup ? cell.text.trim() : (cell ?? "")) === "";
}

function isNumber(cell: Piece): boolean {
  return typeof cell === "string" && /^-?\$?[\d,]+(\.\d+)?$/.test(cell);
}
