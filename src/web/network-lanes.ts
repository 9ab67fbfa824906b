import { requestsText } from "../text/amounts.js";
import { describeNetwork } from "../model/network/describe-network.js";
import type { NetworkType } from "../model/network/network-table.js";
import type { NetworkSteps, Span } from "../store/view/key-history.js";
import type { ChartMark } from "./chart-marks.js";
import { withNetworkLinks } from "./find/network-links.js";
import { countOf, dollarsOf, minuteOf, tableOf, timeOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const DAY_MS = 86_400_000;
/** What a key began to use within its last week is what an attacker would show as. */
const NEW_DAYS = 7;
/** Below lanes there is room for so many dates on a phone. */
const MOST_TICKS = 5;

/** Networks of a key over days or hours (`stepMs`), a lane for each: the more requests, the fuller a step, by the logarithm. */
export function networkLanes(
  networks: readonly NetworkSteps[],
  span: Span,
  stepMs: number,
  marks: readonly ChartMark[],
): Markup {
  if (networks.length === 0) return html`<p>No addresses on record.</p>`;
  const steps = (span.to - span.from) / stepMs;
  const textAt = (step: number) => stepText(span.from + step * stepMs, stepMs);
  const most = Math.max(...networks.flatMap(({ requests }) => requests), 1);
  const oldest = Math.min(...networks.map((one) => beginOf(one, span, stepMs)));
  const isNew = (one: NetworkSteps) => {
    const begin = beginOf(one, span, stepMs);
    return begin > span.to - NEW_DAYS * DAY_MS && begin >= oldest + 2 * DAY_MS;
  };
  const xOf = (at: number) => Math.round(((at - span.from) / stepMs) * 1000) / 1000;
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
    const bars = one.steps.map((step, i) => {
      const height = Math.round((2 + (8 * Math.log1p(one.requests[i]!)) / Math.log1p(most)) * 100) / 100;
      const width = Math.round(Math.min(0.96, steps - step) * 1000) / 1000;
      return html`<rect
        class="${isNew(one) ? "new" : "known"}"
        x="${step}"
        width="${width}"
        y="${10 - height}"
        height="${height}"
      >
        <title>${textAt(step)}: ${requestsText(one.requests[i]!)}</title>
      </rect>`;
    });
    return html`<li>
      ${withNetworkLinks(nameOf(one), "../")}:
      ${requestsText(total)}${isNew(one) ? html`, <span class="new">new</span>` : null}
      <svg class="lane" viewBox="0 0 ${steps} 10" preserveAspectRatio="none" aria-hidden="true">${bars}${lines}</svg>
    </li>`;
  });
  const every = Math.max(1, Math.ceil(steps / MOST_TICKS));
  const ticks = Array.from({ length: Math.ceil(steps / every) }, (_, tick) => tick * every);
  return html`<figure>
    <figcaption>Networks by ${stepMs === DAY_MS ? "day" : "hour"}</figcaption>
    <ol class="lanes">
      ${lanes}
    </ol>
    <svg class="lane-days" aria-hidden="true">
      ${ticks.map((step) => html`<text x="${Math.round((10_000 * step) / steps) / 100}%" y="1rem" ${stepMs === DAY_MS ? null : html`data-time="${new Date(span.from + step * stepMs).toISOString()}"`}>${textAt(step).slice(stepMs === DAY_MS ? 5 : 11)}</text>`)}
    </svg>
    <details>
      <summary>As a table</summary>
      ${tableOf(
        "Networks, the busiest first",
        [
          "Network",
          "First seen",
          stepMs === DAY_MS ? "Days of use" : "Hours of use",
          "First shown",
          "Last shown",
          "Requests",
          "Spend",
        ],
        networks.map((one) => [
          html`${withNetworkLinks(nameOf(one), "../")}`,
          one.firstSeenAt === null ? "not known" : timeOf(one.firstSeenAt),
          countOf(one.steps.length),
          textAt(one.steps[0]!),
          textAt(one.steps.at(-1)!),
          countOf(one.requests.reduce((a, b) => a + b, 0)),
          dollarsOf(one.spendMicros.reduce((a, b) => a + b, 0)),
        ]),
      )}
    </details>
  </figure>`;
}

/** When a step begins: its day, or its hour, UTC. */
const stepText = (at: number, stepMs: number) => minuteOf(at).slice(0, stepMs === DAY_MS ? 10 : 16);

/** When the network was first used, as far as it is known. */
function beginOf({ firstSeenAt, steps }: NetworkSteps, span: Span, stepMs: number): number {
  return firstSeenAt ?? span.from + (steps[0] ?? 0) * stepMs;
}

function nameOf({ asn, networkType, name }: NetworkSteps): string {
  return describeNetwork({ asn, type: networkType as NetworkType, name });
}
