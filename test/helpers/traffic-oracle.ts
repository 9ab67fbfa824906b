import type { NoveltyRowLevel } from "../../src/model/finding/novelty.js";
import { perWindow, WINDOW_MINUTES } from "../../src/model/finding/window.js";
import { isAllowed } from "./allowed.js";
import { ALLOWED, HELD, type TestAddress, type TestEvent } from "./random-traffic.js";
import type { NovelWindows, UsageWindows } from "./window-rows.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const FAMILIAR = -Infinity;
/** No address is one like others, in no network. */
export const NOWHERE: TestAddress = { ip: "::", net24: "::", net16: "::", asn: 0, type: "unknown" };

export const minuteOf = (ts: number) => Math.floor(ts / MINUTE) * MINUTE;
/** What was refused or failed is no use, unless its client hung up or it cost something. */
export const servedOf = ({ status, count, spendMicros }: TestEvent) =>
  status < 400 || status === 499 || spendMicros > 0 ? count : 0;
const subjectOf = (event: TestEvent) => `${event.keyId} ${event.observedBy}`;

/** Events by key and observer. */
export function bySubject(events: readonly TestEvent[]): Map<string, TestEvent[]> {
  const groups = new Map<string, TestEvent[]>();
  for (const event of events) {
    groups.set(subjectOf(event), [...(groups.get(subjectOf(event)) ?? []), event]);
  }
  return groups;
}

/** Usage windows before a tick, by adding up events one after the other. */
export function usageBefore(events: readonly TestEvent[], tick: number): UsageWindows[] {
  return [...bySubject(events).values()].flatMap((own) => {
    const windows = WINDOW_MINUTES.map((minutes) => own.filter(({ ts }) => ts < tick && ts >= tick - minutes * MINUTE));
    if (windows[3]!.every((event) => servedOf(event) === 0)) return [];
    const { keyId, observedBy } = own[0]!;
    const sum = (of: (event: TestEvent) => number) =>
      perWindow((w) => windows[w]!.reduce((total, event) => total + of(event), 0));
    return [
      {
        tick,
        keyId,
        observedBy,
        requests: sum(servedOf),
        spendMicros: sum((event) => event.spendMicros),
      },
    ];
  });
}

/**
 * Novel traffic before a tick, from the definition: new for a week and the held days, never what the first two days founded. What founds a key that is not
 * confined, in a fleet that was two weeks old by then, is what others had known for a week. What is no history was ingested long after.
 */
export function novelBefore(events: readonly TestEvent[], tick: number): NovelWindows[] {
  const isUse = (event: TestEvent) => event.isHistory && servedOf(event) > 0;
  const ofPeers = events.filter((event) => isUse(event) && event.observedBy !== "provider");
  const fleetSince = Math.min(...ofPeers.map(({ ts }) => minuteOf(ts)));
  const knownSince = new Map<string, number>();
  for (const event of ofPeers) {
    const at = minuteOf(event.ts) + heldDays(event) * DAY;
    for (const value of valuesOf(event)) knownSince.set(value, Math.min(knownSince.get(value) ?? Infinity, at));
  }
  return [...bySubject(events).values()].flatMap((own) => {
    const history = own.filter(isUse);
    const born = Math.min(...history.map(({ ts }) => minuteOf(ts)));
    const firstSeen = new Map<string, number>();
    for (const event of history) {
      for (const value of valuesOf(event)) {
        const first = Math.min(firstSeen.get(value) ?? Infinity, minuteOf(event.ts));
        firstSeen.set(value, first);
      }
    }
    const { keyId } = own[0]!;
    const isCompared = ALLOWED[keyId] === undefined && born >= fleetSince + 14 * DAY;
    const isKnownToPeers = (value: string) =>
      !isCompared ||
      /^(route|client) /.test(value) ||
      value.endsWith(" ::") ||
      (knownSince.get(value) ?? Infinity) <= born - 7 * DAY;
    const seenAt = (value: string, founds: boolean) => {
      const first = firstSeen.get(value) ?? FAMILIAR;
      return founds && first < born + 2 * DAY && isKnownToPeers(value) ? FAMILIAR : first;
    };
    const held = heldDays(own[0]!);
    const isYoung = (at: number) => at >= tick - (7 + held) * DAY;
    const novelty: Novelty = {
      isNovel: (value, founds) => isYoung(seenAt(value, founds)),
      isKnown: (value) => firstSeen.has(value),
      isYoung: (value) => isYoung(firstSeen.get(value) ?? FAMILIAR),
    };
    const servedIn = new Set(own.filter((event) => servedOf(event) > 0).flatMap(minutesOf));
    const rows = new Map<NoveltyRowLevel, TestEvent[]>();
    for (const event of own) {
      if (event.ts >= tick || event.ts < tick - DAY) continue;
      const [ofRoute, ofClient, ofAddress] = minutesOf(event) as [string, string, string];
      for (const level of levelsOf(event, novelty)) {
        const minute = { route: ofRoute, client: ofClient }[level as "route" | "client"] ?? ofAddress;
        if (!servedIn.has(minute)) continue;
        rows.set(level, [...(rows.get(level) ?? []), event]);
      }
    }
    return [...rows].map(([level, found]) => toWindows(level, found, tick)).filter(({ requests }) => requests[3] > 0);
  });
}

const heldDays = ({ keyId }: Pick<TestEvent, "keyId">) => HELD.days[HELD.keys.indexOf(keyId)] ?? 0;

interface Novelty {
  readonly isKnown: (value: string) => boolean;
  /** What is used in the first two days is not, if it founds the key. */
  readonly isNovel: (value: string, founds: boolean) => boolean;
  /** The same, but what founded the key is no exception. */
  readonly isYoung: (value: string) => boolean;
}

/** A minute in which nothing is served to a value is no use of it. */
const minutesOf = ({ ts, route, from, userAgent }: TestEvent) => [
  `${minuteOf(ts)} ${route}`,
  `${minuteOf(ts)} client ${clientOf(userAgent)}`,
  `${minuteOf(ts)} ip ${from?.ip}`,
];

/** What a program calls itself, without its version. */
const clientOf = (userAgent: string) => userAgent.split("/")[0]!.toLowerCase();

function valuesOf({ from, asn, route, userAgent }: TestEvent): string[] {
  const values = [`asn ${asn}`, `route ${route}`, `client ${clientOf(userAgent)}`];
  const { net16, net24, ip } = from ?? NOWHERE;
  return [...values, `net16 ${net16}`, `net24 ${net24}`, `ip ${ip}`];
}

function levelsOf(event: TestEvent, { isNovel, isYoung, isKnown }: Novelty): NoveltyRowLevel[] {
  const { keyId, asn, networkType, route, userAgent } = event;
  const from = event.from ?? NOWHERE;
  const byRoute: NoveltyRowLevel[] = isNovel(`route ${route}`, true) ? ["route"] : [];
  const byClient: NoveltyRowLevel[] =
    userAgent !== "" && isNovel(`client ${clientOf(userAgent)}`, true) ? ["client"] : [];
  // An address that was known of only later was no news before.
  if (!isKnown(`ip ${from.ip}`)) return [...byRoute, ...byClient];
  return [...byRoute, ...byClient, ...levelsOfSource({ keyId, from, asn, networkType }, isNovel, isYoung)];
}

function levelsOfSource(
  { keyId, from, asn, networkType }: Pick<TestEvent, "keyId" | "asn" | "networkType"> & { from: TestAddress },
  isNovelTo: Novelty["isNovel"],
  isYoung: Novelty["isYoung"],
): NoveltyRowLevel[] {
  const kind = {
    hosting: "asn_hosting",
    vpn: "asn_hosting",
    unknown: "asn_hosting",
    cloud: "asn_cloud",
    isp: "asn_isp",
    business: "asn_isp",
  } as const;
  // Where networks are allowed, only what comes from them founds the key; no address is neither inside nor outside.
  const isNovel = (value: string) => isNovelTo(value, from === NOWHERE || isAllowed(keyId, from.ip));
  const levels: NoveltyRowLevel[] = [];
  if (networkType !== "internal" && asn !== 0 && isNovel(`asn ${asn}`)) levels.push(kind[networkType]);
  if (networkType !== "internal" && asn === 0 && isNovel(`net16 ${from.net16}`)) levels.push("unplaced");
  if (isNovel(`net16 ${from.net16}`)) levels.push("net16");
  if (isNovel(`net24 ${from.net24}`)) levels.push("net24");
  if (isNovel(`ip ${from.ip}`)) levels.push("ip");
  if (from !== NOWHERE && isYoung(`net24 ${from.net24}`) && !isAllowed(keyId, from.ip)) levels.push("outside_allowed");
  return levels;
}

function toWindows(level: NoveltyRowLevel, found: readonly TestEvent[], tick: number): NovelWindows {
  const within = (w: number) => found.filter(({ ts }) => ts >= tick - WINDOW_MINUTES[w]! * MINUTE);
  const slotOf = ({ ts }: TestEvent) => Math.floor((tick - 1 - ts) / (5 * MINUTE));
  const { keyId, observedBy } = found[0]!;
  const requests = perWindow((w) => within(w).reduce((total, event) => total + servedOf(event), 0));
  const row = { tick, keyId, observedBy, level, requests };
  // Of what is unplaced, nothing else is asked.
  if (level === "unplaced") return { ...row, spendMicros: [0, 0, 0, 0], slots: [0, 0, 0, 0] };
  return {
    ...row,
    spendMicros: perWindow((w) => within(w).reduce((total, event) => total + event.spendMicros, 0)),
    slots: perWindow((w) => new Set(within(w).map(slotOf)).size),
  };
}
