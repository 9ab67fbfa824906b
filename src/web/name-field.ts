import { LONGEST_NAME } from "../model/incident/person-text.js";
import { html, type Markup } from "./markup.js";

/** Where whoever acts says who they are; `described` ties the field to what is wrong with it. */
export function nameField(
  act: string,
  value: string,
  described: Markup | null = null,
  problem: Markup | null = null,
): Markup {
  return html`<p>
    <label for="${act}-name">Your name</label>
    <input
      id="${act}-name"
      name="name"
      autocomplete="name"
      maxlength="${LONGEST_NAME}"
      required
      value="${value}"
      ${described}
    />
    ${problem}
  </p>`;
}
