import type { KeyChange } from "../../model/key/key-change.js";
import type { Incident } from "../../model/incident/incident.js";
import type { NetworkSteps, RouteUse, Span } from "../../store/view/key-history.js";
import type { Store } from "../../store/store.js";
import { addDays, DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { readUnknownNetworks, splitCurve } from "./unknown-usage.js";
import { hourCurve, minuteCurve, type CurveParts, type UsageCurve } from "./usage-curve.js";
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
  const readCurve = async () => {
    const whole = isShort
      ? await minuteCurve(store, subject, minutesOf(asked), parts)
      : await hoursOf(store, subject, asked, parts);
    return splitCurve(store, subject, keyIds, whole, unknown);
  };
  const [curve, networks, routes] = await Promise.all([
    readCurve(),
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

const minutesOf = ({ from, to }: Span): Span => ({ from, to: Math.floor(to / MINUTE_MS) * MINUTE_MS });

/** Whole hours of a span: one that has begun would look like a fall. */
async function hoursOf(store: Store, subject: Subject, asked: Span, parts: CurveParts): Promise<UsageCurve> {
  const span = { from: Math.floor(asked.from / HOUR_MS) * HOUR_MS, to: Math.floor(asked.to / HOUR_MS) * HOUR_MS };
  const used = await store.view.readKeyHours(parts.keyIds, span);
  const usage = used.find(({ observedBy }) => observedBy === subject.observedBy);
  return hourCurve(store, usage ?? { ...subject, at: [], requests: [], spendMicros: [] }, span, parts);
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
  const [versions, visible, keyIds] = await Promise.all([
    store.registry.readKeyVersions([subject.keyId]),
    store.readClock(),
    store.registry.readIdsOfKey(subject.keyId),
  ]);
  const parts = { versions, visible, keyIds };
  const isShort = span.to - span.from <= MOST_MINUTES_MS;
  const curve = isShort
    ? await minuteCurve(store, subject, minutesOf(span), parts)
    : await hoursOf(store, subject, span, parts);
  if (!curve.requests.some((requests) => requests !== null && requests > 0)) return null;
  return splitCurve(store, subject, keyIds, curve, unknown);
}
