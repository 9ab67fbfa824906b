import type { KeyChange } from "../../model/key/key-change.js";
import type { NetworkDays, RouteUse, Span } from "../../store/view/key-history.js";
import type { Store } from "../../store/store.js";
import { addDays, DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { hourCurve, minuteCurve, type UsageCurve } from "./usage-curve.js";
import type { Subject } from "../../model/subject.js";

const SHOWN_DAYS = 28;
const MOST_NETWORKS = 12;
const MOST_ROUTES = 20;

/** What roll-ups hold of a key's last 28 days. */
export interface KeyHistory {
  /** What traffic called the key before it was registered: what is shown was read of these, too. */
  readonly formerIds: readonly string[];
  /** Whole hours from the begin of a day on, and all days of them. */
  readonly span: Span;
  /** Who saw the traffic that is shown: the one that saw most of it, as what several saw is never summed. */
  readonly observedBy: string;
  /** Who else saw requests, and how many. */
  readonly others: readonly { readonly observedBy: string; readonly requests: number }[];
  readonly hours: UsageCurve;
  readonly lastDay: UsageCurve;
  readonly networks: readonly NetworkDays[];
  readonly routes: readonly RouteUse[];
  /** What people changed of the key in the registry. */
  readonly changes: readonly KeyChange[];
}

/** Reads the history of a key up to an instant (epoch ms), from roll-ups alone; null when the key was not used in it. */
export async function readKeyHistory(store: Store, keyId: string, now: number): Promise<KeyHistory | null> {
  const span = {
    from: dayStart(addDays(dayOf(now), 1 - SHOWN_DAYS)),
    to: Math.floor(now / HOUR_MS) * HOUR_MS,
  };
  // The hour that has begun is no whole one, but it may be the first of a key.
  const keyIds = await store.registry.readIdsOfKey(keyId);
  const [used, versions, visible] = await Promise.all([
    store.view.readKeyHours(keyIds, { ...span, to: span.to + HOUR_MS }),
    store.registry.readKeyVersions([keyId]),
    store.readClock(),
  ]);
  const [most, ...others] = used;
  if (most === undefined) return null;
  const parts = { versions, visible, keyIds };
  const subject = { keyId, keyIds, observedBy: most.observedBy };
  const lastDay = { from: now - DAY_MS, to: Math.floor(now / MINUTE_MS) * MINUTE_MS };
  const [hours, minutes, networks, routes, changes] = await Promise.all([
    hourCurve(store, most, span, parts),
    minuteCurve(store, subject, lastDay, parts),
    store.view.readNetworkDays(subject, { from: span.from, to: now }, MOST_NETWORKS),
    store.view.readRoutesOfKey(subject, { from: span.from, to: now }, MOST_ROUTES),
    store.registry.readChangesOfKeys([keyId], span.from),
  ]);
  return {
    formerIds: keyIds.slice(1),
    span,
    observedBy: most.observedBy,
    others: others.map(({ observedBy, requests }) => ({ observedBy, requests: requests.reduce((a, b) => a + b, 0) })),
    hours,
    lastDay: minutes,
    networks,
    routes,
    changes,
  };
}

/** Before the onset, and at most in all. */
const AROUND_BEFORE_MS = 2 * HOUR_MS;
const AROUND_MOST_MS = 2 * DAY_MS;

/** Minutes of a subject from two hours before an onset to an end (epoch ms), at most two days; null where none is on file any more. */
export async function readCurveAround(
  store: Store,
  subject: Subject,
  { onset, end }: { readonly onset: number; readonly end: number },
): Promise<UsageCurve | null> {
  const from = onset - AROUND_BEFORE_MS;
  const to = Math.floor(Math.min(end, from + AROUND_MOST_MS) / MINUTE_MS) * MINUTE_MS;
  const [versions, visible, keyIds] = await Promise.all([
    store.registry.readKeyVersions([subject.keyId]),
    store.readClock(),
    store.registry.readIdsOfKey(subject.keyId),
  ]);
  const curve = await minuteCurve(store, subject, { from, to }, { versions, visible, keyIds });
  return curve.requests.some((requests) => requests !== null && requests > 0) ? curve : null;
}
