import { html, type Markup } from "./markup.js";

/** An id with a button that copies it; `place` is that of no other on the page, `what` is what the button copies. */
export function copyable(place: string, text: string, what: string): Markup {
  return html`<code id="${place}">${text}</code>
    <button type="button" class="copy" data-copies="${place}">Copy ${what}</button>`;
}
