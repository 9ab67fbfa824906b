import type { IncidentStep } from "../../incident/step-incidents.js";
import type { Cause, Finding } from "../../model/finding/finding.js";
import { isPage, type Severity } from "../../model/incident/page.js";
import type { KeyVersion } from "../../model/key/key.js";
import { pagesFor } from "../../page/compose/compose-pages.js";
import { findingDetails } from "../../page/compose/finding-details.js";
import { NO_EVIDENCE } from "../../page/evidence.js";
import type { Store } from "../../store/store.js";
import { readPageEvidence } from "../page/read-page-evidence.js";

/** A page or notice that would have been sent, as on-call would have read it. */
export interface ToldPage {
  /** Epoch ms. */
  readonly at: number;
  readonly keyId: string | null;
  readonly cause: Cause;
  readonly severity: Severity;
  readonly summary: string;
  /** Null where there were too many before it. */
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** Pages and notices in the order of time; only the first of each are kept whole. */
export interface ToldPages {
  readonly pages: readonly ToldPage[];
  readonly notices: readonly ToldPage[];
}

/** Evidence of a page takes some queries. */
const MOST_WHOLE = 10;

const NOBODY: ReadonlyMap<string, KeyVersion> = new Map();

/** Collects what steps of incidents would have sent, without a registry and with the evidence of the live system. */
export function openToldPages(store: Store): {
  readonly add: (step: IncidentStep, finding: Finding) => Promise<void>;
  readonly told: ToldPages;
} {
  const pages: ToldPage[] = [];
  const notices: ToldPage[] = [];
  return {
    told: { pages, notices },
    async add(step, finding) {
      const sent = pagesFor({
        ...step,
        registry: NOBODY,
        baseUrl: null,
        evidence: NO_EVIDENCE,
        query: null,
        routingRef: null,
        sendUpdates: false,
        isLive: false,
      });
      for (const { action, severity, keyId, body } of sent) {
        if (action !== "trigger") continue;
        const list = isPage(severity) ? pages : notices;
        const isWhole = list.length < MOST_WHOLE;
        const details = isWhole ? findingDetails(finding, NOBODY, await readPageEvidence(store, finding)) : null;
        const { payload } = JSON.parse(body) as { readonly payload: { readonly summary: string } };
        const { at, cause } = step.transition;
        list.push({ at, keyId, cause, severity, summary: payload.summary, details });
      }
    },
  };
}
