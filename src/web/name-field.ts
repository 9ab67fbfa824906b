import { LONGEST_NAME } from "../model/incident/person-text.js";
import { html, type Markup } from "./markup.js";
import type { Session } from "./session.js";

/** Where whoever acts says who they are, unless an issuer did; `described` ties the field to what is wrong with it. */
export function nameField(
  { person }: Session,
  act: string,
  value: string,
  described: Markup | null = null,
  problem: Markup | null = null,
): Markup {
  if (person !== null) return html`<p>Recorded as <strong>${person}</strong>, verified by the issuer.</p>`;
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
