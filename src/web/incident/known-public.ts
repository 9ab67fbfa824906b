import type { Finding } from "../../model/finding/finding.js";
import type { Store } from "../../store/store.js";
import type { PublicReport } from "../../store/view/public-reports.js";
import { tableOf, timeOf } from "../layout.js";
import { html, type Markup } from "../markup.js";

/** The newest say what is to be known. */
const MOST_REPORTS = 10;

/** Whether a key was reported as public, by whom and where it was found; null for what is about no single key. */
export async function knownPublic(store: Store, finding: Finding | null): Promise<Markup | null> {
  if (finding === null || finding.keyId === null) return null;
  const ids = new Set([finding.keyId, ...(await store.registry.readIdsOfKey(finding.keyId))]);
  const reports = await store.view.readPublicReports([...ids], MOST_REPORTS);
  if (reports.length > 0)
    return html`<p><strong>Known to be public: yes.</strong></p>
      ${tableOf("Reports that this key is public, the newest first", ["Reported", "Public since", "By", "Found at", "The key then"], reports.map(cellsOf))}`;
  return html`<p>
    Known to be public: no. Nobody has reported it: reports come from GitHub, or from scanners of your own, at
    <code>/v1/leaks</code>.
  </p>`;
}

function cellsOf({ reportedAt, publicSince, reporter, place, state }: PublicReport) {
  return [
    timeOf(reportedAt),
    publicSince === null ? "unknown" : timeOf(publicSince),
    reporter,
    place === "" ? "unknown" : place,
    state,
  ];
}
