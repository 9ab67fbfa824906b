import type { Finding } from "../../model/finding/finding.js";
import type { FindingFacts } from "../../model/finding/finding-statistics.js";
import { clockText } from "../../text/clock-text.js";
import { countText } from "../../text/amounts.js";
import { suggestCommand } from "../../text/shell-quote.js";
import { isLately, PAUSE_MINUTES, type Activity } from "../../model/finding/activity.js";

const WHAT: Readonly<Record<Activity["of"], string>> = {
  unknown: "from unknown sources",
  clients: "by new programs",
  refusals: "refused",
  unexpected: "above what is expected",
};

/** Whether what was found still goes on, as findings say it; null where one says nothing. */
export function activityOf({ cause, statistics }: FindingFacts): Activity | null {
  return cause === "leak" ? (statistics.activity ?? null) : null;
}

/** `still_going`, for a page on requests that a fact names: when the last of them was. */
export function lastDetails({ tick, statistics }: Finding): Record<string, string> {
  if (!("last_at" in statistics)) return {};
  const last = Date.parse(statistics.last_at);
  const ago = Math.round((tick - last) / 60_000);
  const when = `the last request was at ${clockText(last, tick)} (${minutesText(ago)} before this check)`;
  return { still_going: ago > PAUSE_MINUTES ? `no: ${when}` : `yes: ${when}` };
}

/** When the last request that a finding is about was seen (epoch ms), if such requests go on at an instant; else null. */
export function runningAt(finding: Finding, now: number): number | null {
  const { statistics, tick } = finding;
  const activity = activityOf(finding);
  const said = activity === null ? ("last_at" in statistics ? statistics.last_at : null) : activity.last_at;
  const last = said === null ? (activity?.is_going_on === true ? tick : null) : Date.parse(said);
  return last !== null && isLately(last, now) ? last : null;
}

/** That it runs, for who is about to end the incident or has just done so. */
export function runningText(lastAt: number): string {
  return `The traffic is still running, the last request was seen at ${clockText(lastAt, lastAt)}: resolving stops no request. If it is a leak, revoke the key.`;
}

/** Of so many quiet minutes nobody can say whether it goes on: a minute's requests may be on their way. */
const QUIET_MINUTES = 1;

/** Whether what was found goes on, paused a little while ago, or is over; null where nobody can say. */
export function stateOf(finding: FindingFacts): "going on" | "paused" | "over" | null {
  const activity = activityOf(finding);
  if (activity === null) return null;
  if (!activity.is_going_on) return "over";
  return activity.quiet_minutes > QUIET_MINUTES && activity.last_at !== null ? "paused" : "going on";
}

/** `still_going`, for a page: at what pace it goes on, or since when it does not. */
export function activityDetails(finding: Finding): Record<string, string> {
  const activity = activityOf(finding);
  return activity === null ? {} : { still_going: activityText(activity, finding) };
}

function activityText(activity: Activity, { onset, tick }: Finding): string {
  const { is_going_on: isGoingOn, last_at: lastAt, quiet_minutes: quiet, per_minute: rate } = activity;
  const what = WHAT[activity.of];
  const pace = `${rateText(rate)} ${what} ${lately(onset, tick)}`;
  if (isGoingOn && (lastAt === null || quiet <= QUIET_MINUTES)) return `yes, as of ${clockText(tick, tick)}: ${pace}`;
  if (lastAt === null) return `no: no requests ${what} in the ${minutesText(quiet)} before this check`;
  const last = Date.parse(lastAt);
  const ago = Math.round((tick - last) / 60_000);
  if (isGoingOn) return `paused: none since ${clockText(last, tick)} (${minutesText(ago)} before this check); ${pace}`;
  return `no: the last request ${what} was at ${clockText(last, tick)} (${minutesText(ago)} before this check)`;
}

/** A check settles, and a finding that is this old (minutes) tells nothing of now: rules tell theirs again at full hours only. */
const FRESH_MINUTES = 3;

/**
 * What a page says, looked at later (epoch ms): what it says of now is so as of the newest check that found it, unless that was just now and the incident
 * is open.
 */
export function detailsLater(
  details: Readonly<Record<string, unknown>>,
  { tick, keyId }: Finding,
  isOpen: boolean,
  now: number,
): Record<string, unknown> {
  const minutes = Math.floor((now - tick) / 60_000);
  if (isOpen && minutes <= FRESH_MINUTES) return { ...details };
  const look = keyId === null ? "" : `; to the minute: ${suggestCommand("investigate", keyId)}`;
  const asOf = `${clockText(tick, now)}, when it was last found (${minutesText(minutes)} ago)${look}`;
  const then = Object.entries(details).map(([name, value]) => [
    name === "still_going" ? "still_going_when_last_found" : name,
    value,
  ]);
  return { counted_until: asOf, ...Object.fromEntries(then) };
}

/** A number of minutes in words. */
export function minutesText(minutes: number): string {
  return `${countText(minutes)} minute${minutes === 1 ? "" : "s"}`;
}

/** The span whose pace an activity tells. */
function lately(onset: number, tick: number): string {
  const minutes = Math.min(PAUSE_MINUTES, Math.round((tick - onset) / 60_000));
  return minutes <= 1 ? "in the last minute" : `over the last ${minutes} minutes`;
}

const rateText = (rate: number) => (rate === 0 ? "less than 0.1/min" : `${rate < 10 ? rate : countText(rate)}/min`);
