import { html, type Markup } from "../markup.js";

/** The search box in the head of every page for who is signed in; `root` is the relative way to `/`. search.js adds what needs a script. */
export function searchBox(root: string): Markup {
  // Neither kept by the browser for the next form, nor sent to a spelling service: it may be a secret.
  return html`<form class="search" role="search" method="post" action="${root}search">
    <label class="unseen" for="search">Search keys, owners, networks, incidents</label>
    <input
      id="search"
      name="q"
      type="text"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      maxlength="600"
      placeholder="Key, owner, network, incident"
    />
    <button>Search</button>
  </form>`;
}
