import type { KeyChange } from "../../model/key/key-change.js";
import type { Incident } from "../../model/incident/incident.js";
import type { NetworkSteps, RouteUse, Span } from "../../store/view/key-history.js";
import type { Store } from "../../store/store.js";
import { addDays, DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { readUnknownNetworks, splitCurve } from "./unknown-usage.js";
import { hourCurve, hoursOf, minuteCurve, minutesOf, type CurveParts, type UsageCurve } from "./usage-curve.js";
import type { Subject } from "../../model/subject.js";

const WEEKS_DAYS = 28;
const MOST_NETWORKS = 12;
const MOST_ROUTES = 20;
/** Longer spans are drawn by the hour: a screen has no room for more minutes, and they are kept for less long. */
const MOST_MINUTES_MS = 2 * DAY_MS;

/** What roll-ups hold of a key in a span. */
export interface KeyHistory {
  /** What traffic called the key before it was registered: what is shown was read of these, too. */
  readonly formerIds: readonly string[];
  /** What is shown, and in what steps networks are: an hour or a day, from the beginning of one on. */
  readonly span: Span;
  readonly networkStepMs: number;
  /** Who saw the traffic that is shown: the one that saw most of it, as what several saw is never summed. */
  readonly observedBy: string;
  /** Who else saw requests in the last weeks, and how many. */
  readonly others: readonly { readonly observedBy: string; readonly requests: number }[];
  readonly curve: UsageCurve;
  readonly networks: readonly NetworkSteps[];
  readonly routes: readonly RouteUse[];
  /** What people changed of the key in the registry. */
  readonly changes: readonly KeyChange[];
}

/** Whole hours of the last four weeks up to an instant (epoch ms), the one that has begun included: it may be the first of a key. */
function weeksBefore(now: number): Span {
  return { from: dayStart(addDays(dayOf(now), 1 - WEEKS_DAYS)), to: Math.floor(now / HOUR_MS) * HOUR_MS + HOUR_MS };
}

/** Reads the history of a key in a span up to an instant (epoch ms), from roll-ups alone; null when it was used neither then nor in the last weeks. */
export async function readKeyHistory(
  store: Store,
  keyId: string,
  now: number,
  asked: Span = { from: now - DAY_MS, to: now },
  incidents: readonly Incident[] | Promise<readonly Incident[]> = [],
): Promise<KeyHistory | null> {
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const last = weeksBefore(now);
  const weeks = { ...last, from: Math.min(Math.floor(asked.from / HOUR_MS) * HOUR_MS, last.from) };
  const [used, versions, visible, changes, unknown] = await Promise.all([
    store.view.readKeyHours(keyIds, weeks),
    store.registry.readKeyVersions([keyId]),
    store.readClock(),
    store.registry.readChangesOfKeys([keyId], asked.from),
    readUnknownNetworks(store, keyIds, asked, incidents),
  ]);
  const [most, ...others] = used;
  if (most === undefined) return null;
  const parts = { versions, visible, keyIds };
  const subject = { keyId, keyIds, observedBy: most.observedBy };
  const isShort = asked.to - asked.from <= MOST_MINUTES_MS;
  const networkStepMs = isShort ? HOUR_MS : DAY_MS;
  const span = { from: Math.floor(asked.from / networkStepMs) * networkStepMs, to: asked.to };
  const [curve, networks, routes] = await Promise.all([
    curveIn(store, subject, asked, parts, unknown),
    store.view.readNetworkSteps(subject, span, networkStepMs, MOST_NETWORKS),
    store.view.readRoutesOfKey(subject, span, MOST_ROUTES),
  ]);
  return {
    formerIds: keyIds.slice(1),
    span,
    networkStepMs,
    observedBy: most.observedBy,
    others: others.map(({ observedBy, requests }) => ({ observedBy, requests: requests.reduce((a, b) => a + b, 0) })),
    curve,
    networks,
    routes,
    changes,
  };
}

/** The curve of a span, by minutes where it is short, and what of it came from some networks. */
async function curveIn(
  store: Store,
  subject: Subject,
  asked: Span,
  parts: CurveParts,
  unknown: readonly string[],
): Promise<UsageCurve> {
  const isShort = asked.to - asked.from <= MOST_MINUTES_MS;
  const span = isShort ? minutesOf(asked) : hoursOf(asked);
  const whole = isShort ? minuteCurve(store, subject, span, parts) : hourCurve(store, subject, span, parts);
  const own = { keyIds: parts.keyIds, observedBy: subject.observedBy };
  return splitCurve(store, own, { ...span, by: isShort ? "minute" : "hour" }, whole, unknown);
}

/** Before the onset, and at most in all, unless a span is asked for. */
const AROUND_BEFORE_MS = 2 * HOUR_MS;
const AROUND_MOST_MS = 2 * DAY_MS;

/** From two hours before an onset to an end (epoch ms), at most two days. */
export function aroundOnset(onset: number, end: number): Span {
  const from = onset - AROUND_BEFORE_MS;
  return { from, to: Math.floor(Math.min(end, from + AROUND_MOST_MS) / MINUTE_MS) * MINUTE_MS };
}

/** The curve of a subject in a span, with what of it came from some networks (CIDR); null where none of it is on file any more. */
export async function readCurveOf(
  store: Store,
  subject: Subject,
  span: Span,
  unknown: readonly string[],
): Promise<UsageCurve | null> {
  const [visible, keyIds] = await Promise.all([store.readClock(), store.registry.readIdsOfKey(subject.keyId)]);
  const versions = store.registry.readKeyVersions([subject.keyId]);
  const curve = await curveIn(store, subject, span, { versions, visible, keyIds }, unknown);
  if (!curve.requests.some((requests) => requests !== null && requests > 0)) return null;
  return curve;
}
