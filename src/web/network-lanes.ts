import { requestsText } from "../text/amounts.js";
import { describeNetwork } from "../model/network/describe-network.js";
import type { NetworkType } from "../model/network/network-table.js";
import type { NetworkDays, Span } from "../store/view/key-history.js";
import type { ChartMark } from "./chart-marks.js";
import { withNetworkLinks } from "./find/network-links.js";
import { countOf, dollarsOf, minuteOf, tableOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const DAY_MS = 86_400_000;
/** What a key began to use within its last week is what an attacker would show as. */
const NEW_DAYS = 7;

/** Networks of a key over days, a lane for each: the more requests, the fuller a day, by the logarithm. */
export function networkLanes(networks: readonly NetworkDays[], span: Span, marks: readonly ChartMark[]): Markup {
  if (networks.length === 0) return html`<p>No addresses on record.</p>`;
  const days = (span.to - span.from) / DAY_MS;
  const most = Math.max(...networks.flatMap(({ requests }) => requests), 1);
  const oldest = Math.min(...networks.map((one) => beginOf(one, span)));
  const isNew = (one: NetworkDays) => {
    const begin = beginOf(one, span);
    return begin > span.to - NEW_DAYS * DAY_MS && begin >= oldest + 2 * DAY_MS;
  };
  const xOf = (at: number) => Math.round(((at - span.from) / DAY_MS) * 1000) / 1000;
  const lines = marks
    .filter(({ at }) => at >= span.from && at <= span.to)
    .map(
      ({ at, kind }) =>
        html`<line
          class="${kind}"
          x1="${xOf(at)}"
          x2="${xOf(at)}"
          y1="0"
          y2="10"
          vector-effect="non-scaling-stroke"
        />`,
    );
  const lanes = networks.map((one) => {
    const total = one.requests.reduce((a, b) => a + b, 0);
    const bars = one.days.map((day, i) => {
      const height = Math.round((2 + (8 * Math.log1p(one.requests[i]!)) / Math.log1p(most)) * 100) / 100;
      const width = Math.round(Math.min(0.96, days - day) * 1000) / 1000;
      return html`<rect
        class="${isNew(one) ? "new" : "known"}"
        x="${day}"
        width="${width}"
        y="${10 - height}"
        height="${height}"
      >
        <title>${dayAt(span, day)}: ${requestsText(one.requests[i]!)}</title>
      </rect>`;
    });
    return html`<li>
      ${withNetworkLinks(nameOf(one), "../")}:
      ${requestsText(total)}${isNew(one) ? html`, <span class="new">new</span>` : null}
      <svg class="lane" viewBox="0 0 ${days} 10" preserveAspectRatio="none" aria-hidden="true">${bars}${lines}</svg>
    </li>`;
  });
  const ticks = Array.from({ length: Math.ceil(days / 7) }, (_, week) => week * 7);
  return html`<figure>
    <figcaption>Networks by day</figcaption>
    <ol class="lanes">
      ${lanes}
    </ol>
    <svg class="lane-days" aria-hidden="true">
      ${ticks.map((day) => html`<text x="${Math.round((10_000 * day) / days) / 100}%" y="1rem">${dayAt(span, day).slice(5)}</text>`)}
    </svg>
    <details>
      <summary>As a table</summary>
      ${tableOf(
        "Networks, the busiest first",
        ["Network", "First seen", "Days of use", "First day shown", "Last day shown", "Requests", "Spend"],
        networks.map((one) => [
          html`${withNetworkLinks(nameOf(one), "../")}`,
          one.firstSeenAt === null ? "not known" : minuteOf(one.firstSeenAt),
          countOf(one.days.length),
          dayAt(span, one.days[0]!),
          dayAt(span, one.days.at(-1)!),
          countOf(one.requests.reduce((a, b) => a + b, 0)),
          dollarsOf(one.spendMicros.reduce((a, b) => a + b, 0)),
        ]),
      )}
    </details>
  </figure>`;
}

const dayAt = (span: Span, day: number) => minuteOf(span.from + day * DAY_MS).slice(0, 10);

/** When the network was first used, as far as it is known. */
function beginOf({ firstSeenAt, days }: NetworkDays, span: Span): number {
  return firstSeenAt ?? span.from + (days[0] ?? 0) * DAY_MS;
}

function nameOf({ asn, networkType, name }: NetworkDays): string {
  return describeNetwork({ asn, type: networkType as NetworkType, name });
}
