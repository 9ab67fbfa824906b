import { countOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const HEIGHT = 20;

/** Bars of 24 hours as inline SVG, the hour that has begun paler at the end; it says its busiest hour to those who cannot see it. */
export function sparkline(hours: readonly number[], isSuspect: boolean): Markup {
  const most = Math.max(...hours, 1);
  const heightOf = (requests: number) => Math.round((HEIGHT * 10 * requests) / most) / 10;
  const bars = hours.map((requests, i) =>
    requests === 0 ? "" : `M${i},${HEIGHT}v-${heightOf(requests)}h.8V${HEIGHT}`,
  );
  const last = hours.length - 1;
  const busiest = hours.indexOf(Math.max(...hours));
  const begun = `${countOf(hours[last] ?? 0)} so far in this hour`;
  const label =
    busiest === last
      ? `Requests by hour: peak, ${begun}`
      : `Requests by hour: peak ${countOf(hours[busiest] ?? 0)}, ${last - busiest === 1 ? "an hour" : `${last - busiest} hours`} ago; ${begun}`;
  return html`<svg
    class="${isSuspect ? "spark suspect" : "spark"}"
    viewBox="0 0 ${hours.length} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <path d="${bars.slice(0, -1).join("")}"></path>
    <path class="begun" d="${bars.at(-1)}"></path>
  </svg>`;
}
