import type { NoveltyRowLevel } from "../../src/model/novelty.js";
import { perWindow, WINDOW_MINUTES } from "../../src/model/window.js";
import { isAllowed } from "./allowed.js";
import { HELD, type TestAddress, type TestEvent } from "./random-traffic.js";
import type { NovelWindows, UsageWindows } from "./window-rows.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const FAMILIAR = -Infinity;

const minuteOf = (ts: number) => Math.floor(ts / MINUTE) * MINUTE;
const subjectOf = (event: TestEvent) => `${event.keyId} ${event.observedBy}`;

/** Events by key and observer; what a provider reports is not judged. */
function bySubject(events: readonly TestEvent[]): Map<string, TestEvent[]> {
  const groups = new Map<string, TestEvent[]>();
  for (const event of events) {
    if (event.observedBy === "provider") continue;
    groups.set(subjectOf(event), [...(groups.get(subjectOf(event)) ?? []), event]);
  }
  return groups;
}

/** Usage windows before a tick, by adding up events one after the other. */
export function usageBefore(events: readonly TestEvent[], tick: number): UsageWindows[] {
  return [...bySubject(events).values()].flatMap((own) => {
    const windows = WINDOW_MINUTES.map((minutes) => own.filter(({ ts }) => ts < tick && ts >= tick - minutes * MINUTE));
    if (windows[3]!.length === 0) return [];
    const { keyId, observedBy } = own[0]!;
    const sum = (of: (event: TestEvent) => number) =>
      perWindow((w) => windows[w]!.reduce((total, event) => total + of(event), 0));
    return [
      {
        tick,
        keyId,
        observedBy,
        requests: sum((event) => event.count),
        spendMicros: sum((event) => event.spendMicros),
      },
    ];
  });
}

/** Novel traffic before a tick, from the definition: new for a week and the held days, never what the first two days founded. */
export function novelBefore(events: readonly TestEvent[], tick: number): NovelWindows[] {
  return [...bySubject(events).values()].flatMap((own) => {
    const born = Math.min(...own.map(({ ts }) => minuteOf(ts)));
    const firstSeen = new Map<string, number>();
    for (const event of own) {
      for (const value of valuesOf(event)) {
        const first = Math.min(firstSeen.get(value) ?? Infinity, minuteOf(event.ts));
        firstSeen.set(value, first);
      }
    }
    const seenAt = (value: string) => {
      const first = firstSeen.get(value)!;
      return first < born + 2 * DAY ? FAMILIAR : first;
    };
    const held = HELD.days[HELD.keys.indexOf(own[0]!.keyId)] ?? 0;
    const isYoung = (at: number) => at >= tick - (7 + held) * DAY;
    const novelty: Novelty = {
      isNovel: (value) => isYoung(seenAt(value)),
      isYoung: (value) => isYoung(firstSeen.get(value)!),
    };
    const rows = new Map<NoveltyRowLevel, TestEvent[]>();
    for (const event of own) {
      if (event.ts >= tick || event.ts < tick - DAY) continue;
      for (const level of levelsOf(event, novelty)) rows.set(level, [...(rows.get(level) ?? []), event]);
    }
    return [...rows].map(([level, found]) => toWindows(level, found, tick));
  });
}

interface Novelty {
  readonly isNovel: (value: string) => boolean;
  /** The same, but what founded the key is no exception. */
  readonly isYoung: (value: string) => boolean;
}

function valuesOf({ from, asn, route }: TestEvent): string[] {
  const values = [`asn ${asn}`, `route ${route}`];
  return from === null ? values : [...values, `net16 ${from.net16}`, `net24 ${from.net24}`, `ip ${from.ip}`];
}

function levelsOf(event: TestEvent, { isNovel, isYoung }: Novelty): NoveltyRowLevel[] {
  const { keyId, from, asn, networkType, route } = event;
  const byRoute: NoveltyRowLevel[] = isNovel(`route ${route}`) ? ["route"] : [];
  return from === null ? byRoute : [...byRoute, ...levelsOfSource({ keyId, from, asn, networkType }, isNovel, isYoung)];
}

function levelsOfSource(
  { keyId, from, asn, networkType }: Pick<TestEvent, "keyId" | "asn" | "networkType"> & { from: TestAddress },
  isNovel: Novelty["isNovel"],
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
  const levels: NoveltyRowLevel[] = [];
  if (networkType !== "internal" && asn !== 0 && isNovel(`asn ${asn}`)) levels.push(kind[networkType]);
  if (networkType !== "internal" && asn === 0 && isNovel(`net16 ${from.net16}`)) levels.push("unplaced");
  if (isNovel(`net16 ${from.net16}`)) levels.push("net16");
  if (isNovel(`net24 ${from.net24}`)) levels.push("net24");
  if (isNovel(`ip ${from.ip}`)) levels.push("ip");
  if (isYoung(`net24 ${from.net24}`) && !isAllowed(keyId, from.ip)) levels.push("outside_allowed");
  return levels;
}

function toWindows(level: NoveltyRowLevel, found: readonly TestEvent[], tick: number): NovelWindows {
  const within = (w: number) => found.filter(({ ts }) => ts >= tick - WINDOW_MINUTES[w]! * MINUTE);
  const slotOf = ({ ts }: TestEvent) => Math.floor((tick - 1 - ts) / (5 * MINUTE));
  const { keyId, observedBy } = found[0]!;
  const requests = perWindow((w) => within(w).reduce((total, event) => total + event.count, 0));
  const row = { tick, keyId, observedBy, level, requests };
  // Of what is unplaced, nothing else is asked.
  if (level === "unplaced") return { ...row, spendMicros: [0, 0, 0, 0], slots: [0, 0, 0, 0] };
  return {
    ...row,
    spendMicros: perWindow((w) => within(w).reduce((total, event) => total + event.spendMicros, 0)),
    slots: perWindow((w) => new Set(within(w).map(slotOf)).size),
  };
}
