import { pageOf } from "./layout.js";
import { html } from "./markup.js";

/** What is said of an address whose query is not understood: each field, with what it must be. The same address without a query shows the view as usual. */
export function badAddressPage(problems: readonly string[], root: string): string {
  const body = html`<p class="error" role="alert">Nothing is shown: ${problems.join("; ")}.</p>
    <p><a href="?">The same view as usual</a></p>`;
  return pageOf("This address is not understood", root, body);
}
