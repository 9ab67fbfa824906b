import { countOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const HEIGHT = 20;

/** A line of 24 hours as inline SVG, the hour that has begun at the end; it says its busiest hour to those who cannot see it. */
export function sparkline(hours: readonly number[], isSuspect: boolean): Markup {
  const most = Math.max(...hours, 1);
  const points = hours.map((requests, i) => `${i},${Math.round((HEIGHT - 1) * (1 - requests / most) * 10) / 10 + 1}`);
  const last = hours.length - 1;
  const busiest = hours.indexOf(Math.max(...hours));
  return html`<svg
    class="${isSuspect ? "spark suspect" : "spark"}"
    viewBox="0 0 ${last} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="Requests by hour: most ${countOf(hours[busiest] ?? 0)}, ${last - busiest} hours ago; ${countOf(hours[last] ?? 0)} in the hour that has begun"
  >
    <path d="M0,${HEIGHT + 2}L${points.join("L")}L${last},${HEIGHT + 2}Z"></path>
  </svg>`;
}
