import type { IncidentStep } from "../../incident/step-incidents.js";
import type { Finding } from "../../model/finding/finding.js";
import { summaryText } from "../../model/finding/headline.js";
import { keyName, type KeyVersion } from "../../model/key/key.js";
import { isPage } from "../../model/incident/page.js";
import { pagesFor } from "../../page/compose/compose-pages.js";
import { NO_EVIDENCE } from "../../page/evidence.js";

/** Notifications so far: each has a dedup key of its own. */
export interface SentCounts {
  readonly pages: number;
  readonly notices: number;
}

export interface BacktestLines {
  /** The lines that a step of an incident writes: one for each event that it would have sent. */
  readonly linesOf: (step: IncidentStep, finding: Finding, key: KeyVersion | null) => readonly string[];
  readonly counts: () => SentCounts;
}

/** Lines have no details, and updates between notifications tell nobody anything: there is none. */
const NOTHING_MORE = {
  baseUrl: null,
  evidence: NO_EVIDENCE,
  query: null,
  routingRef: null,
  sendUpdates: false,
  isLive: false,
} as const;

const registryOf = (key: KeyVersion | null) => new Map(key === null ? [] : [[key.keyId, key]]);

/** One sentence for people: what was found, or that nothing was for a day. */
function summaryOf({ finding, transition }: IncidentStep, key: KeyVersion | null): string {
  return finding !== null ? summaryText(finding) : `${keyName(key, transition.keyId ?? "")}: no findings for a day`;
}

/** Writes steps of incidents as lines of the public contract, from the very pages of the live system, and counts them. */
export function openBacktestLines(): BacktestLines {
  const told = { pages: new Set<string>(), notices: new Set<string>() };
  return {
    linesOf: (step, finding, key) =>
      pagesFor({ ...step, ...NOTHING_MORE, registry: registryOf(key) }).map(({ action, dedupKey, severity, keyId }) => {
        if (action === "trigger" && dedupKey !== null) told[isPage(severity) ? "pages" : "notices"].add(dedupKey);
        const line = {
          at: new Date(step.transition.at).toISOString(),
          action,
          key_id: keyId ?? "",
          dedup_key: dedupKey,
          severity,
          cause: step.transition.cause,
          score: finding.score,
          signals: finding.signals.map(({ name, score, summary }) => ({ name, score, summary })),
          onset: new Date(finding.onset).toISOString(),
          summary: summaryOf(step, key),
        };
        return JSON.stringify(line);
      }),
    counts: () => ({ pages: told.pages.size, notices: told.notices.size }),
  };
}
