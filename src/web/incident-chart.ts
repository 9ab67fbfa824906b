import type { Finding } from "../model/finding/finding.js";
import { blamedSources } from "../model/finding/blamed-sources.js";
import { aroundOnset, readCurveOf } from "../pipeline/view/key-history.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import { readWeekHours } from "../pipeline/view/week-hours.js";
import type { Store } from "../store/store.js";
import { marksList, marksOf } from "./chart-marks.js";
import { flowBars } from "./incident/flow-bars.js";
import { heatMap } from "./incident/heat-map.js";
import { html, type Markup } from "./markup.js";
import type { Span } from "../store/view/key-history.js";
import { rangePicker, type TimeRange } from "./time-range.js";
import { chartCaption, requestsChart, spendChart } from "./usage-chart.js";

/** The span that an incident's charts show unless another one is asked for: around its onset. */
export function usualSpan({ incident, transitions }: KnownIncident, finding: Finding | null, now: number): Span {
  const end = incident.open ? now : (transitions.at(-1)?.at ?? now);
  return aroundOnset(finding?.onset ?? incident.onsetAt, Math.max(end, finding?.tick ?? 0));
}

/** The key's requests and spend in a range, what its newest finding blames apart; null where it is about no single key. */
export async function incidentChart(
  store: Store,
  { incident }: KnownIncident,
  finding: Finding | null,
  range: TimeRange,
): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const { keyId, observedBy, onset } = finding;
  const [curve, changes] = await Promise.all([
    readCurveOf(store, { keyId, observedBy }, range, blamedSources(finding).networks ?? []),
    store.registry.readChangesOfKeys([keyId], range.from),
  ]);
  const picker = rangePicker(range, { name: "Around the onset", is: null });
  if (curve === null)
    return html`${picker}
      <p>No usage of that time is stored.</p>`;
  const marks = [
    { number: 1, at: onset, kind: "onset", text: "onset", href: null } as const,
    { number: 2, at: incident.openedAt, kind: "incident", text: "opened", href: null } as const,
    ...marksOf([], changes, curve.from, "../", 3),
  ];
  return html`${picker} ${requestsChart({ caption: chartCaption(incident.keys, keyId), curve, marks })}
  ${marksList(marks)} ${spendChart({ caption: "Spend", curve, marks })}`;
}

/** Which networks used which routes since the onset, and at what cost; null where the finding is about no single key. */
export async function incidentFlows(store: Store, finding: Finding | null, now: number): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const { keyId, observedBy, onset } = finding;
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const blocks = blamedSources(finding).networks ?? [];
  return flowBars(
    await store.view.readIncidentFlows({ keyIds, observedBy }, { from: onset, to: now }, blocks, MOST_FLOWS),
  );
}

/** When the key is used, by hour and weekday, and when it began; null where the finding is about no single key. */
export async function incidentHeatMap(store: Store, finding: Finding | null, now: number): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const { keyId, observedBy, onset } = finding;
  return heatMap(await readWeekHours(store, { keyId, observedBy }, onset, now));
}

const MOST_FLOWS = 12;
