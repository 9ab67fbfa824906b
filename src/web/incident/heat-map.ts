import type { WeekHours } from "../../pipeline/view/sum-week.js";
import { countOf, tableOf } from "../layout.js";
import { html, type Markup } from "../markup.js";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const HOURS = 24;
/** So many shades can be told apart. */
const SHADES = 6;

/** Requests by hour and weekday: what is usual in blue, what was since the onset in red, by the logarithm, and the hour of the onset outlined. */
export function heatMap({ usual, since, onset }: WeekHours): Markup {
  const values = usual.map((one, place) => since[place] ?? one);
  const most = Math.max(1, ...values.filter((value) => value !== null));
  const shadeOf = (value: number) =>
    value === 0 ? 0 : Math.max(1, Math.ceil((SHADES * Math.log1p(value)) / Math.log1p(most)));
  const textAt = (place: number) => {
    const [now, before] = [since[place] ?? null, usual[place] ?? null];
    const usualText = before === null ? "nothing known before" : `${countOf(Math.round(before))} usually`;
    return now === null ? usualText : `${countOf(now)} since the onset, ${usualText}`;
  };
  const nameAt = (place: number) => `${DAYS[Math.floor(place / HOURS)]} ${hourText(place % HOURS)}`;
  const cells = values.map((value, place) =>
    value === null
      ? null
      : html`<rect
          class="${(since[place] ?? null) === null ? "usual" : "since"} shade-${shadeOf(value)}"
          x="${place % HOURS}"
          y="${Math.floor(place / HOURS)}"
          width=".94"
          height=".92"
        >
          <title>${nameAt(place)}: ${textAt(place)}</title>
        </rect>`,
  );
  return html`<figure class="heat">
    <figcaption>Requests by hour and weekday, UTC</figcaption>
    <p>Blue: the mean of the four weeks before the onset; red: since the onset, ${nameAt(onset)}, outlined.</p>
    <div class="heat-grid">
      <div class="heat-days" aria-hidden="true">${DAYS.map((day) => html`<span>${day}</span>`)}</div>
      <svg
        viewBox="0 0 24 7"
        preserveAspectRatio="none"
        role="img"
        aria-label="Requests by hour and weekday. Onset: ${nameAt(onset)}, ${textAt(onset)}"
      >
        ${cells}
        <rect
          class="onset"
          x="${onset % HOURS}"
          y="${Math.floor(onset / HOURS)}"
          width=".94"
          height=".92"
          vector-effect="non-scaling-stroke"
        />
      </svg>
      <div class="heat-hours" aria-hidden="true">
        ${[0, 6, 12, 18].map((hour) => html`<span>${hourText(hour)}</span>`)}
      </div>
    </div>
    <details>
      <summary>As a table</summary>
      ${tableOf(
        "Requests an hour: usual, and since the onset in brackets",
        ["Hour, UTC", ...DAYS],
        Array.from({ length: HOURS }, (__, hour) => [
          hourText(hour),
          ...DAYS.map((_, day) => cellText(usual[day * HOURS + hour] ?? null, since[day * HOURS + hour] ?? null)),
        ]),
      )}
    </details>
  </figure>`;
}

const hourText = (hour: number) => `${String(hour).padStart(2, "0")}:00`;

function cellText(before: number | null, now: number | null): string {
  const usualText = before === null ? "–" : countOf(Math.round(before));
  return now === null ? usualText : `${usualText} (${countOf(now)})`;
}
