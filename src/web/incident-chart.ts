import type { Finding } from "../model/finding/finding.js";
import { readCurveAround } from "../pipeline/view/key-history.js";
import type { KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { Store } from "../store/store.js";
import { marksList, marksOf } from "./chart-marks.js";
import { html, type Markup } from "./markup.js";
import { aroundOnsetCaption, requestsChart } from "./usage-chart.js";

/** The key's requests a minute around the onset of what an incident newest finding says; null where it is about no single key. */
export async function incidentChart(
  store: Store,
  { incident, transitions }: KnownIncident,
  finding: Finding | null,
  now: number,
): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const { keyId, observedBy, onset } = finding;
  const end = incident.open ? now : (transitions.at(-1)?.at ?? now);
  const [curve, changes] = await Promise.all([
    readCurveAround(store, { keyId, observedBy }, { onset, end: Math.max(end, finding.tick) }),
    store.registry.readChangesOfKeys([keyId], onset - CHANGES_BEFORE_MS),
  ]);
  if (curve === null) return html`<p>Minutes of that time are no longer stored.</p>`;
  const others = marksOf([], changes, curve.from, "../", 3);
  const marks = [
    { number: 1, at: onset, kind: "onset", text: "onset", href: null } as const,
    { number: 2, at: incident.openedAt, kind: "incident", text: "opened", href: null } as const,
    ...others,
  ];
  return html`${requestsChart({ caption: aroundOnsetCaption(incident.keys, keyId), curve, marks })} ${marksList(marks)}`;
}

const CHANGES_BEFORE_MS = 2 * 3_600_000;
