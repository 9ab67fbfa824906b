import type { Severity } from "../model/incident/page.js";
import { html, type Markup } from "./markup.js";

/** A severity by its word, in a frame whose weight grows with it: colour alone tells nothing to many. */
export function severityBadge(severity: Severity): Markup {
  return html`<span class="severity ${severity}">${severity}</span>`;
}
