import type { RefusedRoute } from "../../../src/baseline/slide-refusals.js";
import type { NovelSlots } from "../../../src/baseline/slide-windows.js";
import { FOUNDING_MS } from "../../../src/model/key/founding.js";
import type { NoveltyRowLevel } from "../../../src/model/finding/novelty.js";
import { SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { MINUTE_MS } from "../../../src/time/day.js";
import { firstDaysOf, foundsKey, type Beginning } from "./beginning.js";
import type { Source } from "./source-of.js";
import type { SlotRow } from "./slot-sums.js";
import type { DayTraffic } from "./day-traffic.js";

const FAMILIAR = -Infinity;

/** Traffic of one slot at one level. */
interface NovelSlot extends Pick<NovelSlots, "firstDays"> {
  readonly level: NoveltyRowLevel;
  /** Epoch ms. */
  readonly seenAt: number;
  readonly slot: number;
  readonly requests: number;
  readonly spendMicros: number;
}

type Sum = { -readonly [Field in keyof NovelSlot]: NovelSlot[Field] };

const SYSTEM_LEVEL = {
  hosting: "asn_hosting",
  vpn: "asn_hosting",
  cloud: "asn_cloud",
  isp: "asn_isp",
  business: "asn_isp",
} as const;

const slotsOf = ({ level, seenAt, slot, requests, spendMicros, firstDays }: NovelSlot): NovelSlots => ({
  levels: [level],
  seenAt: [seenAt],
  at: [slot],
  requests: [requests],
  spendMicros: [spendMicros],
  firstDays,
});

/**
 * First sights of one key's addresses, networks and routes, with the rules of sql/queries/check/novelty-facts.sql: it takes in day after
 * day and tells what was new in the last two.
 */
export class NoveltyLedger {
  readonly #beginning: Beginning;
  readonly #firstSeen = new Map<string, number>();
  readonly #known = new Set<Source>();
  /** First sights never change, so a source's levels are looked up once. */
  readonly #levels = new Map<Source, readonly { readonly level: NoveltyRowLevel; readonly seenAt: number }[]>();
  #bornAt = 0;
  #yesterday: readonly NovelSlot[] = [];

  constructor(beginning: Beginning) {
    this.#beginning = beginning;
  }

  /**
   * Takes in the next day and gives the traffic of the day before and of this one (slots 0 to 575) that was first seen from
   * `cutoff` (epoch ms) on, once per level. The cutoff never goes back from one day to the next.
   */
  add(day: DayTraffic, cutoff: number): NovelSlots[] {
    this.#bornAt = day.bornAt;
    for (const { of, since } of day.sources) {
      if (this.#known.has(of)) continue;
      this.#known.add(of);
      for (const value of [of.ip, of.net24, of.net16, `as/${of.asn}`]) this.#see(value, since);
    }
    for (const { of, since } of day.routes) this.#see(`route/${of}`, since);
    for (const { of, since } of day.clients) this.#see(`client/${of}`, since);
    const today = this.#sumsOf(day, cutoff);
    const before = this.#yesterday.filter(({ seenAt }) => seenAt >= cutoff);
    this.#yesterday = today.map((row) => ({ ...row, slot: row.slot - SLOTS_PER_DAY }));
    return [...before, ...today].map(slotsOf);
  }

  #sumsOf(day: DayTraffic, cutoff: number): NovelSlot[] {
    const firstDays = firstDaysOf(this.#beginning, day.bornAt);
    const sums = new Map<NoveltyRowLevel, Map<number, Sum>>();
    const take = (level: NoveltyRowLevel, seenAt: number, row: SlotRow<unknown>) => {
      if (seenAt < cutoff) return;
      let ofLevel = sums.get(level);
      if (ofLevel === undefined) sums.set(level, (ofLevel = new Map()));
      const name = (seenAt / MINUTE_MS) * SLOTS_PER_DAY + row.slot;
      const sum = ofLevel.get(name);
      if (sum === undefined) {
        const { requests, spendMicros } = row;
        ofLevel.set(name, { level, seenAt, slot: SLOTS_PER_DAY + row.slot, requests, spendMicros, firstDays });
        return;
      }
      sum.requests += row.requests;
      sum.spendMicros += row.spendMicros;
    };
    for (const row of day.sources) {
      for (const { level, seenAt } of this.#levelsOf(row.of)) take(level, seenAt, row);
    }
    for (const row of day.routes) take("route", this.#seenAt(`route/${row.of}`), row);
    for (const row of day.clients) if (row.of !== "") take("client", this.#seenAt(`client/${row.of}`), row);
    return [...sums.values()].flatMap((ofLevel) => Array.from(ofLevel.values()));
  }

  /** What a day that was taken in was refused on routes that had never served the key until then: by route, and apart to unknown sources. */
  foreignRefusals({ refused }: DayTraffic): Map<string, RefusedRoute> {
    const found = new Map<string, RefusedRoute & { readonly at: number[]; readonly requests: number[] }>();
    for (const { of, slot, requests, since } of refused) {
      const isNew = (value: string) => (this.#firstSeen.get(value) ?? Infinity) > since;
      if (!isNew(`route/${of.route}`)) continue;
      const isOfUnknown = isNew(of.net16);
      const name = `${of.route} ${isOfUnknown}`;
      let route = found.get(name);
      if (route === undefined) found.set(name, (route = { route: of.route, isOfUnknown, at: [], requests: [] }));
      route.at.push(slot);
      route.requests.push(requests);
    }
    return found;
  }

  /** When the key first used an autonomous system (epoch ms), or -Infinity when that founded it. */
  systemSeenAt(asn: number): number {
    return this.#seenAt(`as/${asn}`);
  }

  #levelsOf(source: Source): readonly { readonly level: NoveltyRowLevel; readonly seenAt: number }[] {
    let levels = this.#levels.get(source);
    if (levels === undefined) {
      const { ip, net24, net16, asn, type } = source;
      const all: { level: NoveltyRowLevel; seenAt: number }[] = [
        { level: "net16", seenAt: this.#seenAt(net16, source.isAllowed) },
        { level: "net24", seenAt: this.#seenAt(net24, source.isAllowed) },
        { level: "ip", seenAt: this.#seenAt(ip, source.isAllowed) },
      ];
      if (type !== "internal") {
        if (asn === 0) all.push({ level: "unplaced", seenAt: this.#seenAt(net16, source.isAllowed) });
        else all.push({ level: SYSTEM_LEVEL[type], seenAt: this.#seenAt(`as/${asn}`, source.isAllowed) });
      }
      if (!source.isAllowed) all.push({ level: "outside_allowed", seenAt: this.#firstSeen.get(net24)! });
      levels = all.filter(({ seenAt }) => seenAt !== FAMILIAR);
      this.#levels.set(source, levels);
    }
    return levels;
  }

  #see(value: string, at: number): void {
    if (!this.#firstSeen.has(value)) this.#firstSeen.set(value, at);
  }

  /** Where networks are allowed, only what comes from them founds the key. */
  #seenAt(value: string, founds = true): number {
    const at = this.#firstSeen.get(value)!;
    return founds && at < this.#bornAt + FOUNDING_MS && foundsKey(this.#beginning, value) ? FAMILIAR : at;
  }
}
