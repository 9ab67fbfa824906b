import { SEVERITY_RANK, type OutboxPage } from "../model/incident/page.js";

/** PagerDuty takes about 120 events a minute and integration; this leaves room for what is sent past the outbox. */
const MOST_A_MINUTE = 100;
/** Nobody reads more pages than this at once: they are told as one that lists them. */
const STORM = 30;

/** Longer than a hiccup of PagerDuty: what waited for less is sent, though it is over, since somebody may just have dealt with it. */
const LATE_MS = 5 * 60_000;

/** What to do with the pages that wait. */
export interface DeliveryPlan {
  /** To be sent now, the most urgent first; at most one of each incident, since the next must wait for its answer. */
  readonly send: readonly OutboxPage[];
  /** Not to be sent: it would end what on-call was told, though what was to follow it was refused. */
  readonly drop: readonly OutboxPage[];
  /** Not to be sent either: their incident ended while they waited. To be told as one notice, by integration. */
  readonly late: ReadonlyMap<string | null, readonly OutboxPage[]>;
  /** To be told as one, by integration. */
  readonly storms: ReadonlyMap<string | null, readonly OutboxPage[]>;
}

/**
 * Decides what happens to the outbox at an instant (epoch ms): in order per incident, not before its time, within the rate of each
 * integration, and a storm as one page.
 * @param sentLately events of the last minute by integration, whatever became of them
 */
export function planDelivery(
  outbox: readonly OutboxPage[],
  sentLately: ReadonlyMap<string | null, number>,
  now: number,
): DeliveryPlan {
  const tooLate = lateOf(outbox, now);
  const heads = headsOf(outbox.filter((page) => !tooLate.has(page)));
  const drop = heads.filter((page) => page.successorFailed);
  const due = heads.filter((page) => !page.successorFailed && page.notBefore <= now);
  const storms = new Map<string | null, OutboxPage[]>();
  const send: OutboxPage[] = [];
  for (const [ref, own] of byIntegration(due)) {
    // One that was tried may have arrived: only what was never tried can be told otherwise.
    const untold = own.filter((page) => page.action === "trigger" && page.attempts === 0 && page.topic !== "digest");
    const stormy = untold.length > STORM ? untold : [];
    if (stormy.length > 0) storms.set(ref, stormy);
    const left = own.filter((page) => !stormy.includes(page));
    send.push(...left.toSorted(byUrgency).slice(0, Math.max(0, MOST_A_MINUTE - (sentLately.get(ref) ?? 0))));
  }
  return { send, drop, late: byIntegration([...tooLate]), storms };
}

/** What began an incident and still waits when its end waits, too. The end is sent all the same: a try may have arrived. */
function lateOf(outbox: readonly OutboxPage[], now: number): Set<OutboxPage> {
  const ends = new Map<string, number>();
  for (const { incidentId, action, step, place } of outbox)
    if (action === "resolve" && place === 0) ends.set(incidentId, Math.max(step, ends.get(incidentId) ?? 0));
  return new Set(
    outbox.filter(
      ({ incidentId, action, step, createdAt }) =>
        (action === "trigger" || action === "acknowledge") &&
        step < (ends.get(incidentId) ?? 0) &&
        now - createdAt > LATE_MS,
    ),
  );
}

/** The first waiting page of each incident. */
function headsOf(outbox: readonly OutboxPage[]): OutboxPage[] {
  const heads = new Map<string, OutboxPage>();
  for (const page of outbox) {
    const head = heads.get(page.incidentId);
    if (head === undefined || byPlace(page, head) < 0) heads.set(page.incidentId, page);
  }
  return [...heads.values()];
}

function byIntegration(pages: readonly OutboxPage[]): Map<string | null, OutboxPage[]> {
  const groups = new Map<string | null, OutboxPage[]>();
  for (const page of pages) groups.set(page.routingRef, [...(groups.get(page.routingRef) ?? []), page]);
  return groups;
}

const byPlace = (a: OutboxPage, b: OutboxPage) => a.step - b.step || a.place - b.place;

/** What begins before what ends, both before what was only changed; worse before better, older before newer. */
function byUrgency(a: OutboxPage, b: OutboxPage): number {
  const urgency = ({ action }: OutboxPage) => (action === "trigger" ? 2 : action === "change" ? 0 : 1);
  return (
    urgency(b) - urgency(a) ||
    SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] ||
    a.createdAt - b.createdAt ||
    byPlace(a, b) ||
    Number(a.pageId > b.pageId) - Number(a.pageId < b.pageId)
  );
}
