import { html, type Markup } from "../markup.js";

/** What lies below a table: its rows as CSV where there is a link to them, and the query behind it as SQL that the account analyst may run; `id` is that of no other on the page, `note` what that leaves out. */
export function takeAway({
  id,
  csv = "",
  csvText = "",
  sql,
  note = "",
}: {
  readonly id: string;
  readonly csv?: string;
  readonly csvText?: string;
  readonly sql: string;
  readonly note?: string;
}): Markup {
  return html`<div class="take">
    ${csv === "" ? null : html`<a href="${csv}">${csvText}</a>`}
    <details>
      <summary>As SQL</summary>
      <p><button type="button" data-copies="${id}">Copy</button> Runs under the account analyst. ${note}</p>
      <pre id="${id}">${sql}</pre>
    </details>
  </div>`;
}
