import type { UsageCurve } from "../pipeline/view/usage-curve.js";
import type { ChartMark } from "./chart-marks.js";
import { countOf, dollarsOf, minuteOf, tableOf } from "./layout.js";
import { HOUR_MS, MINUTE_MS } from "../time/day.js";
import { html, type Markup } from "./markup.js";

/** A limit that is further away than so many times the traffic would press that to the ground: it is said instead. */
const FAR_LIMIT = 4;

interface Line {
  readonly name: string;
  readonly role: "actual" | "unknown" | "expected" | "low" | "high" | "limit";
  readonly values: readonly (number | null)[];
}

/** What values are counted in. */
interface Unit {
  readonly sign: string;
  readonly unit: string;
}

interface ChartText {
  readonly caption: string;
  readonly curve: UsageCurve;
  readonly marks: readonly ChartMark[];
}

/** Requests a minute against the limit and what is usual, those of unknown sources on top of the key's own, and the same as a table. */
export function requestsChart({ caption, curve, marks }: ChartText): Markup {
  const perStep = curve.stepMs / MINUTE_MS;
  const actual = curve.requests.map((requests) => (requests === null ? null : round(requests / perStep)));
  const most = Math.max(0, ...known(actual));
  const top = Math.max(most, ...known(curve.high));
  const limits = known(curve.limits);
  const isFar = limits.length > 0 && Math.min(...limits) > FAR_LIMIT * Math.max(top, 1);
  const limit = curve.limits.at(-1) ?? null;
  const lines: Line[] = [
    ...stackOf(
      actual,
      curve.unknown?.requests.map((requests) => round(requests / perStep)),
      "requests",
    ),
    ...(known(curve.expected).length === 0
      ? []
      : ([
          { name: "usually up to", role: "high", values: curve.high },
          { name: "usually from", role: "low", values: curve.low },
          { name: "expected", role: "expected", values: curve.expected },
        ] as const)),
    ...(limits.length === 0 || isFar ? [] : ([{ name: "limit", role: "limit", values: curve.limits }] as const)),
  ];
  const said = [
    `Peak: ${countOf(most)}/min${perStep > 1 ? " as hourly average" : ""}.`,
    limit === null ? "Limit unknown." : `Limit: ${countOf(limit)}/min${isFar ? ", far above this chart" : ""}.`,
    ...(known(curve.expected).length === 0 ? ["No baseline yet."] : []),
    ...silenceTexts(actual, curve),
  ].join(" ");
  const edge = isFar && limit !== null ? `limit ${countOf(limit)}/min, above this scale` : null;
  return figureOf({ caption, curve, marks }, said, lines, { sign: "", unit: "/min" }, usageTable(curve), edge);
}

/** All of it in one colour, or the key's own and what came from unknown sources, which is drawn on top of that. */
function stackOf(
  all: readonly (number | null)[],
  unknown: readonly number[] | undefined,
  what: string,
): readonly Line[] {
  if (unknown === undefined) return [{ name: what, role: "actual", values: all }];
  const ofUnknown = all.map((value, i) => (value === null ? null : Math.min(value, unknown[i] ?? 0)));
  const own = all.map((value, i) => (value === null ? null : round(value - ofUnknown[i]!)));
  return [
    { name: "unknown sources", role: "unknown", values: ofUnknown },
    { name: "own", role: "actual", values: own },
  ];
}

/** Of an incident of several keys one is shown: that its finding names first. */
export function chartCaption(keys: readonly string[], keyId: string): string {
  return keys.length > 1 ? `Requests a minute of ${keyId}, one of ${keys.length} keys` : "Requests a minute";
}

/** What was spent in each step; the table of requests has the sums. */
export function spendChart({ caption, curve, marks }: ChartText): Markup {
  const values = curve.spendMicros.map((micros) => (micros === null ? null : micros / 1e6));
  const total = known(curve.spendMicros).reduce((a, b) => a + b, 0);
  if (total === 0) return html`<p>${caption}: none.</p>`;
  const step = curve.stepMs === HOUR_MS ? "hour" : "minute";
  const said = `${dollarsOf(total)} in total; most expensive ${step}: ${dollarsOf(Math.max(0, ...known(curve.spendMicros)))}. Counted until ${minuteOf(curve.from + curve.requests.length * curve.stepMs)} UTC.`;
  const unknown = curve.unknown?.spendMicros.map((micros) => micros / 1e6);
  return figureOf(
    { caption, curve, marks },
    said,
    stackOf(values, unknown, "spend"),
    { sign: "$", unit: ` per ${step}` },
    null,
  );
}

function figureOf(
  { caption, curve, marks }: ChartText,
  said: string,
  lines: readonly Line[],
  unit: Unit,
  table: Markup | null,
  edge: string | null = null,
): Markup {
  const { from, stepMs } = curve;
  const to = from + curve.requests.length * stepMs;
  const chart = {
    from: from / 1000,
    to: to / 1000,
    step: stepMs / 1000,
    ...unit,
    edge,
    stepped: stepMs === HOUR_MS,
    top: topOf(lines, curve),
    lines,
    marks: marks
      .filter(({ at }) => at >= from && at <= to)
      .map(({ at, number, kind }) => ({ at: at / 1000, number, kind })),
  };
  return html`<figure>
    <figcaption>${caption}</figcaption>
    <p>${said}</p>
    <div
      class="plot"
      id="${unit.sign === "$" ? "chart-spend" : "chart-requests"}"
      role="img"
      tabindex="0"
      aria-keyshortcuts="+ - ArrowLeft ArrowRight"
      aria-label="${caption}, ${minuteOf(from)} to ${minuteOf(to)} UTC. ${said}"
      data-chart="${JSON.stringify(chart)}"
    ></div>
    ${table}
  </figure>`;
}

/** Where the chart ends; a single wide band, as of a key that hardly has a history, does not press all else to the ground. */
function topOf(lines: readonly Line[], { requests }: UsageCurve): number {
  const of = (...roles: readonly Line["role"][]) =>
    Math.max(0, ...lines.filter(({ role }) => roles.includes(role)).flatMap(({ values }) => known(values)));
  const stack = lines.filter(({ role }) => role === "actual" || role === "unknown");
  const sums = requests.map((_, i) => stack.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const most = Math.max(0, ...sums, of("expected"), of("limit"));
  const top = Math.max(most, Math.min(of("high"), 2 * most));
  return top === 0 ? 1 : top * 1.1;
}

/** A curve as a table: days of hours, or hours of minutes. */
function usageTable(curve: UsageCurve): Markup {
  const isHours = curve.stepMs === HOUR_MS;
  const groupMs = isHours ? 24 * HOUR_MS : HOUR_MS;
  const groups = new Map<number, number[]>();
  for (const [i] of curve.requests.entries()) {
    const begin = Math.floor((curve.from + i * curve.stepMs) / groupMs) * groupMs;
    groups.set(begin, [...(groups.get(begin) ?? []), i]);
  }
  const perStep = curve.stepMs / MINUTE_MS;
  // The first row and the last one may be a part of theirs, and are no less busy for that.
  const partText = (begin: number, steps: readonly number[]) => {
    const [from, to] = [curve.from + steps[0]! * curve.stepMs, curve.from + (steps.at(-1)! + 1) * curve.stepMs];
    const begins = from > begin ? `, from ${minuteOf(from).slice(11)}` : "";
    return begins + (to < begin + groupMs ? `, until ${minuteOf(to).slice(11)}` : "");
  };
  const rows = [...groups].map(([begin, steps]) => {
    const requests = known(steps.map((i) => curve.requests[i] ?? null));
    const expected = known(steps.map((i) => curve.expected[i] ?? null));
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    return [
      `${isHours ? minuteOf(begin).slice(0, 10) : minuteOf(begin)}${partText(begin, steps)}`,
      requests.length === 0 ? "no events received" : countOf(sum(requests)),
      requests.length === 0 ? "" : countOf(round(Math.max(...requests) / perStep)),
      expected.length === 0 ? "not known" : countOf(Math.round(sum(expected) * perStep)),
      dollarsOf(sum(known(steps.map((i) => curve.spendMicros[i] ?? null)))),
    ];
  });
  const heads = isHours
    ? ["Day, UTC", "Requests", "Peak hour, per minute", "Expected requests", "Spend"]
    : ["Hour, UTC", "Requests", "Peak minute", "Expected requests", "Spend"];
  return html`<details>
    <summary>As a table, by ${isHours ? "day" : "hour"}</summary>
    ${tableOf(isHours ? "Requests and spend by day" : "Requests and spend by hour", heads, rows)}
  </details>`;
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Where a line begins late or breaks. */
function silenceTexts(values: readonly (number | null)[], { from, stepMs }: UsageCurve): string[] {
  const first = values.findIndex((value) => value !== null);
  const last = values.findLastIndex((value) => value !== null);
  return [
    ...(first > 0 ? [`No events received before ${minuteOf(from + first * stepMs)} UTC.`] : []),
    ...(first >= 0 && values.slice(first, last).includes(null) ? ["No events received in the gaps."] : []),
  ];
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
