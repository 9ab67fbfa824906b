import { html, type Markup, type Piece } from "./markup.js";

/** A figure: its name, its value, and what is to be known of that. */
export type Figure = readonly [name: string, value: Piece, aside: Piece];

/** The figures that a view opens with, side by side. */
export function figuresOf(figures: readonly Figure[]): Markup {
  return html`<dl class="figures">
    ${figures.map(
      ([name, value, aside]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
          ${aside === "" ? null : html`<dd class="aside">${aside}</dd>`}
        </div>`,
    )}
  </dl>`;
}
