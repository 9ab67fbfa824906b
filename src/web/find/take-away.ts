import { html, type Markup } from "../markup.js";

/** What lies below a table: its rows as CSV, and the query behind it as SQL that the account analyst may run; `id` is that of no other on the page. */
export function takeAway({
  id,
  csv,
  csvText,
  sql,
}: {
  readonly id: string;
  readonly csv: string;
  readonly csvText: string;
  readonly sql: string;
}): Markup {
  return html`<div class="take">
    <a href="${csv}">${csvText}</a>
    <details>
      <summary>As SQL</summary>
      <p><button type="button" data-copies="${id}">Copy</button> Runs under the account analyst.</p>
      <pre id="${id}">${sql}</pre>
    </details>
  </div>`;
}
