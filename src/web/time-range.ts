import { isOfKnownYears, OF_KNOWN_YEARS } from "../model/parse-instant.js";
import type { Span } from "../store/view/key-history.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../time/day.js";
import { minuteOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

const LENGTHS = { "1h": HOUR_MS, "6h": 6 * HOUR_MS, "24h": DAY_MS, "7d": 7 * DAY_MS, "28d": 28 * DAY_MS } as const;
const NAMES = { "1h": "1 hour", "6h": "6 hours", "24h": "24 hours", "7d": "7 days", "28d": "28 days" } as const;
type Length = keyof typeof LENGTHS;
/** Shorter than this, a chart of minutes says nothing. */
const SHORTEST_MS = 5 * MINUTE_MS;
const LONGEST_MS = 70 * DAY_MS;

/** What all charts of a view show, as it stands in its address. */
export interface TimeRange extends Span {
  /** Null where two instants were asked for. */
  readonly name: Length | "usual" | null;
}

/** What is shown where the time range of an address is not understood, and why it is not: fields with what they must be. */
export interface AskedRange {
  readonly range: TimeRange;
  readonly problems: readonly string[];
}

/** Reads the time range of an address at an instant (epoch ms): `range`, or `from` and `to` in UTC; the usual one where none is given. What is too short is made as long as it must be. */
export function parseTimeRange(query: unknown, now: number, usual: Span, shortestMs: number = SHORTEST_MS): AskedRange {
  const { range, from, to } = query as Readonly<Record<string, unknown>>;
  const length = Object.keys(LENGTHS).find((one) => one === range) as Length | undefined;
  if (length !== undefined) return { range: { name: length, from: now - LENGTHS[length], to: now }, problems: [] };
  const shown: TimeRange = { name: "usual", ...usual };
  if (given(range)) return { range: shown, problems: [`range: must be one of ${Object.keys(LENGTHS).join(", ")}`] };
  if (!given(from) && !given(to)) return { range: shown, problems: [] };
  const [begin, end] = [instantOf(from), Math.min(instantOf(to), now)];
  if (Number.isNaN(begin) || Number.isNaN(end) || begin >= end) return { range: shown, problems: [NO_SPAN] };
  if (!isOfKnownYears(begin)) return { range: shown, problems: [`from: ${OF_KNOWN_YEARS}`] };
  const start = Math.max(Math.min(begin, end - shortestMs), end - LONGEST_MS);
  return { range: { name: null, from: start, to: end }, problems: [] };
}

const NO_SPAN = "from, to: must both be minutes like 2026-03-08T02:11, from before to, and not to come";

const given = (value: unknown) => value !== undefined && value !== "";

/** To the minute, in UTC unless it says otherwise: browsers' fields have no zone. */
function instantOf(text: unknown): number {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?$/.test(text)) return NaN;
  const at = Date.parse(text.endsWith("Z") ? text : `${text}Z`);
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** Links to the usual ranges and a form for any other one; what is drawn into a chart with the mouse becomes one, too. `usual` names the view's own. */
export function rangePicker(range: TimeRange, usual: { readonly name: string; readonly is: Length | null }): Markup {
  const shown = range.name === "usual" ? usual.is : range.name;
  const link = (href: string, text: string, isShown: boolean) =>
    html`<a href="${href}" ${isShown ? html`aria-current="true"` : null}>${text}</a>`;
  const field = (name: "from" | "to", label: string) =>
    html`<p>
      <label for="range-${name}">${label}, UTC</label>
      <input
        id="range-${name}"
        name="${name}"
        type="datetime-local"
        required
        value="${minuteOf(range[name]).replace(" ", "T")}"
      />
    </p>`;
  return html`<nav
    class="range"
    aria-label="Time range of all charts"
    id="range"
    data-from="${range.from / 1000}"
    data-to="${range.to / 1000}"
  >
    ${usual.is === null ? link("?#range", usual.name, range.name === "usual") : null}
    ${(Object.keys(LENGTHS) as Length[]).map((one) => link(`?range=${one}#range`, NAMES[one], shown === one))}
    <details ${range.name === null ? html`open` : null}>
      <summary>Custom</summary>
      <form method="get" action="#range">
        ${field("from", "From")} ${field("to", "To")}
        <p><button>Show</button></p>
      </form>
    </details>
    <p class="note">Zoom: drag over a chart, or focus it and press +, −, ← or →.</p>
  </nav>`;
}
