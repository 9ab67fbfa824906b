import { changeTexts, type KeyChange } from "../model/key/key-change.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import { timeOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

/** Something that happened, on the time axis of charts. */
export interface ChartMark {
  readonly number: number;
  /** Epoch ms. */
  readonly at: number;
  readonly kind: "incident" | "change" | "onset";
  readonly text: string;
  /** Relative way to its page; null when it has none. */
  readonly href: string | null;
}

/** More lines would hide the chart; the newest are kept. */
const MOST_MARKS = 20;

/** Incidents and changes of a key since an instant (epoch ms), numbered by time from `first` on. */
export function marksOf(
  incidents: readonly KnownIncident[],
  changes: readonly KeyChange[],
  since: number,
  root: string,
  first = 1,
): ChartMark[] {
  return [
    ...incidents.map(({ incident }) => ({
      at: incident.openedAt,
      kind: "incident" as const,
      text: `${incident.severity}: ${incident.cause.replaceAll("_", " ")}`,
      href: `${root}incidents/${encodeURIComponent(incident.incidentId)}`,
    })),
    ...changes.map((change) => ({
      at: change.validFrom,
      kind: "change" as const,
      text: `${changeTexts(change).join("; ")}${change.recordedBy === "" ? "" : `, by ${change.recordedBy}`}`,
      href: null,
    })),
  ]
    .filter(({ at }) => at >= since)
    .toSorted((a, b) => a.at - b.at)
    .slice(-MOST_MARKS)
    .map(({ at, kind, text, href }, i) => ({ number: first + i, at, kind, text, href }));
}

/** What the numbers on charts stand for. */
export function marksList(marks: readonly ChartMark[]): Markup {
  if (marks.length === 0) return html`<p>No incidents and no changes of the key in this time.</p>`;
  return html`<ol class="marks">
    ${marks.map(
      ({ at, kind, text, href }) =>
        html`<li>
          <span class="${kind === "change" ? "change" : "error"}">${kind}</span> ${timeOf(at)}
          ${href === null ? text : html`<a href="${href}">${text}</a>`}
        </li>`,
    )}
  </ol>`;
}
