import { shareText } from "./share-text.js";
import { countOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const HEIGHT = 20;

/**
 * Bars of 24 hours as inline SVG, the hour that has begun paler at the end, those of unknown sources (null: none are blamed) on top of the key's own; it says its busiest
 * hour, and their share, to those who cannot see it, and the share to all.
 */
export function sparkline(hours: readonly number[], isSuspect: boolean, unknown: readonly number[] | null): Markup {
  const most = Math.max(...hours, 1);
  const heightOf = (requests: number) => Math.round((HEIGHT * 10 * requests) / most) / 10;
  const bar = (requests: number, i: number, below: number) =>
    requests === 0 ? "" : `M${i},${HEIGHT - heightOf(below)}v-${heightOf(requests)}h.8v${heightOf(requests)}`;
  const ofUnknown = hours.map((requests, i) => Math.min(requests, unknown?.[i] ?? 0));
  const own = hours.map((requests, i) => bar(requests - ofUnknown[i]!, i, 0));
  const above = hours.map((requests, i) => bar(ofUnknown[i]!, i, requests - ofUnknown[i]!));
  const last = hours.length - 1;
  const busiest = hours.indexOf(Math.max(...hours));
  const begun = `${countOf(hours[last] ?? 0)} so far in this hour`;
  const peak =
    busiest === last
      ? `Requests by hour: peak, ${begun}`
      : `Requests by hour: peak ${countOf(hours[busiest] ?? 0)}, ${last - busiest === 1 ? "an hour" : `${last - busiest} hours`} ago; ${begun}`;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const share = sum(ofUnknown) === 0 ? null : shareText(sum(ofUnknown), sum(hours));
  // Where it is known what is not the key's own, the rest is not suspect.
  return html`<svg
      class="${isSuspect && share === null ? "spark suspect" : "spark"}"
      viewBox="0 0 ${hours.length} ${HEIGHT}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${peak}${share === null ? "" : `; ${share} from unknown sources, ${mostText(ofUnknown, hours)}`}"
    >
      <path d="${own.slice(0, -1).join("")}"></path>
      <path class="begun" d="${own.at(-1)}"></path>
      ${
        share === null
          ? null
          : html`<path class="strange" d="${above.slice(0, -1).join("")}"></path>
              <path class="strange begun" d="${above.at(-1)}"></path>`
      }
    </svg>
    ${share === null ? null : html`<div class="aside error">${share} from unknown sources</div>`}`;
}

/** In which hour their share was the largest. */
function mostText(unknown: readonly number[], hours: readonly number[]): string {
  const shares = unknown.map((requests, i) => (requests === 0 ? 0 : requests / hours[i]!));
  const at = shares.indexOf(Math.max(...shares));
  const ago = hours.length - 1 - at;
  const when = ago === 0 ? "in this hour" : ago === 1 ? "an hour ago" : `${ago} hours ago`;
  return `at most ${shareText(unknown[at]!, hours[at]!)}, ${when}`;
}
