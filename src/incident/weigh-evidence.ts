import { parsePrefix } from "../model/network/address.js";
import { isWithin } from "../model/network/address-cover.js";
import { isLately } from "../model/finding/activity.js";
import { blamedSources } from "../model/finding/blamed-sources.js";
import type { Finding } from "../model/finding/finding.js";
import type { Incident } from "../model/incident/incident.js";
import { SEVERITY_RANK } from "../model/incident/page.js";
import { WINDOW_MINUTES } from "../model/finding/window.js";

/** A signal with less than this share of the score is along for the ride: a third of what a page takes. */
const WEIGHTY_SHARE = 3;
/** Traffic of this long (minutes) after a person's resolution is judged by itself: before, they may still be at it. */
const LEAST_NEWS_MINUTES = 60;
const MINUTE_MS = 60_000;

/**
 * Kinds of evidence that carried weight in a finding. Of a fixed rule that is its name, with those that its summary names beside it: another
 * rule's bound is other news. What is a matter of fact has weight from the first request on: a count that grows is no new evidence.
 */
export function weightySignals(finding: Finding): string[] {
  if (finding.cause === "rule") {
    const { rule, also } = finding.statistics;
    return [rule, ...also].map((name) => `rule ${name}`);
  }
  const least = finding.cause === "leak" ? WEIGHTY_SHARE : 0;
  return finding.signals.filter(({ score }) => score >= least).map(({ name }) => name);
}

/** Whether what a finding saw goes on after an instant (epoch ms), so that it is more than the echo of what a person has dealt with. */
export function goesOnAfter(finding: Finding, at: number): boolean {
  if (finding.tick - at < LEAST_NEWS_MINUTES * MINUTE_MS) return false;
  const { tick, cause, statistics } = finding;
  const seen = cause === "leak" && "window" in statistics ? statistics : {};
  return isSeenAfter({ tick, ...seen }, at);
}

/** Whether a finding that no expectation covers saw something after an incident ended as expected (epoch ms): that is from somebody nobody expected. */
export function isBeyondExpected(finding: Finding, endedAt: number): boolean {
  const { statistics } = finding;
  const activity = "activity" in statistics ? statistics.activity : undefined;
  if (activity === undefined) return goesOnAfter(finding, endedAt);
  return activity.is_going_on && (activity.last_at === null || Date.parse(activity.last_at) >= endedAt - MINUTE_MS);
}

/**
 * Whether what a finding saw goes on at `now` although somebody ended its incident at `at` (both epoch ms): the last request came after that, and lately. Where
 * no request is named, a window that lies after that as a whole has some.
 */
export function goesOnSince(
  found: Parameters<typeof isSeenAfter>[0] & { readonly lastAt: number | null; readonly isGoingOn: boolean | null },
  at: number,
  now: number,
): boolean {
  if (found.lastAt !== null) return found.lastAt >= at && isLately(found.lastAt, now);
  return found.isGoingOn !== false && isSeenAfter(found, at);
}

/** Whether a finding of a tick (epoch ms) saw it after an instant, in a window that lies after it as a whole. */
function isSeenAfter(
  {
    tick,
    window,
    novel = {},
  }: {
    readonly tick: number;
    readonly window?: number | undefined;
    readonly novel?: Readonly<Record<string, { readonly requests: readonly number[] }>>;
  },
  at: number,
): boolean {
  const minutes = (tick - at) / MINUTE_MS;
  const since = WINDOW_MINUTES.findLastIndex((length) => length <= minutes);
  const levels = Object.values(novel);
  if (levels.length > 0) return levels.some(({ requests }) => (requests[since] ?? 0) > 0);
  return window === undefined ? minutes >= LEAST_NEWS_MINUTES : WINDOW_MINUTES[window]! <= minutes;
}

/** Whether an incident about several keys of one network says all that a finding about one of them says. */
export function isCovered(finding: Finding, shared: Incident): boolean {
  if (finding.cause === shared.cause && isPartOfFleet(finding, shared)) return true;
  if (finding.cause !== shared.cause || finding.subject !== null) return false;
  if (finding.keyId === null || !shared.keys.includes(finding.keyId)) return false;
  const network = shared.subject?.kind === "network" ? parsePrefix(shared.subject.network) : null;
  const { networks } = blamedSources(finding);
  if (network === null || networks === null || networks.length === 0) return false;
  return networks.every((block) => isWithin(parsePrefix(block)!, network));
}

/** A rise of an owner, service or provider while all keys together rise as badly says nothing more. */
function isPartOfFleet({ subject: part, severity }: Finding, { subject: fleet, severity: worst }: Incident): boolean {
  if (part?.kind !== "owner" && part?.kind !== "service" && part?.kind !== "provider") return false;
  if (fleet?.kind !== "fleet" || fleet.observedBy !== part.observedBy) return false;
  return SEVERITY_RANK[severity] <= SEVERITY_RANK[worst];
}
