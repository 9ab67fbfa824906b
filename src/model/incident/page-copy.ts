import type { PageAction, PageState, PageTopic } from "./page.js";

/** A page's copy for a destination beside PagerDuty. */
export interface PageCopy {
  readonly incidentId: string;
  readonly pageId: string;
  readonly destination: string;
  readonly topic: PageTopic;
  readonly action: PageAction;
  /** Copies of an incident are sent in this order, then by place. */
  readonly step: number;
  readonly place: number;
}

/** A copy that waits, and how far it got; instants are epoch ms. */
export interface OpenCopy extends PageCopy {
  readonly createdAt: number;
  /** Tries so far that are to be repeated. */
  readonly attempts: number;
  readonly notBefore: number;
  /** When it was tried last; before that, when it was written. */
  readonly triedAt: number;
}

/** What became of a copy. */
export interface CopyFate {
  readonly pageId: string;
  readonly destination: string;
  readonly state: PageState;
  /** HTTP status of the last answer; 0 when there was none. */
  readonly status: number;
  readonly problem: string;
}
