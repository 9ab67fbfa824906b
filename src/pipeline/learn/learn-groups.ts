import { FIRST_GROUP_NOISE, learnGroup } from "../../baseline/learn-group.js";
import { MEMBER_SUMS, windowsOf, writeMember, type GroupWindows } from "../../detect/group-sums.js";
import { measure } from "../../detect/measure.js";
import { groupTick, memberOf } from "../../detect/sum-groups.js";
import type { GroupBaseline } from "../../model/finding/group-baseline.js";
import { groupKey, parseGroup } from "../../model/key/key-group.js";
import { STATISTIC_COUNT } from "../../model/finding/statistics.js";
import { SLOTS_PER_DAY } from "../../model/finding/window.js";
import { DayDraft } from "./day-draft.js";
import { tickAt, type OpenDay } from "./open-day.js";

/** What groups of keys did at each tick of a closed day. */
export class GroupDay {
  readonly #day: string;
  /** By group, tick by tick. */
  readonly #sums = new Map<string, Float64Array>();
  /** By group, once all keys are added up: log factors, four a tick; null where there never is one. */
  readonly #surges = new Map<string, Float64Array | null>();
  readonly #added = new Float64Array(MEMBER_SUMS);

  constructor(day: string) {
    this.#day = day;
  }

  /** Takes a key's day into its groups. */
  add(groups: readonly string[], day: OpenDay): void {
    const suspectUntil = day.of.before?.suspectUntil ?? Infinity;
    // Nothing is expected of it at any tick, or it is under suspicion at each.
    if (day.expected === null || suspectUntil >= tickAt(day.start, SLOTS_PER_DAY - 1)) return;
    const draft = new DayDraft(day);
    let sums: Float64Array[] | null = null;
    for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
      const member = draft.write(tick) ? memberOf(draft, suspectUntil, tickAt(day.start, tick)) : null;
      if (member === null) continue;
      writeMember(this.#added, member);
      sums ??= groups.map((group) => this.#sumsOf(group));
      for (const own of sums)
        for (let i = 0, at = tick * MEMBER_SUMS; i < MEMBER_SUMS; i += 1) own[at + i]! += this.#added[i]!;
    }
  }

  /** What the groups of a key share, as log factors, four a tick; null: nothing. */
  surgesOf(groups: readonly string[]): Float64Array | null {
    let highest: Float64Array | null = null;
    for (const group of groups) {
      const own = this.#surgeOf(group);
      if (own === null) continue;
      if (highest === null) highest = own.slice();
      else for (let i = 0; i < own.length; i += 1) if (own[i]! > highest[i]!) highest[i] = own[i]!;
    }
    return highest;
  }

  /** Learns every group's day; slots of which not everything is known teach nothing. */
  learn(before: readonly GroupBaseline[], isKnown: (slot: number) => boolean): GroupBaseline[] {
    const beforeOf = new Map(before.map((group) => [groupKey(group), group]));
    const names = new Set([...this.#sums.keys(), ...beforeOf.keys()]);
    return [...names].toSorted().map((name) => {
      const known = beforeOf.get(name) ?? FIRST_GROUP_NOISE;
      const learned: GroupWindows[] = [];
      const bins = Array.from({ length: STATISTIC_COUNT }, () => 0);
      let judged = false;
      for (let slot = 0; slot < SLOTS_PER_DAY; slot += 1) {
        const windows = isKnown(slot) ? this.#windowsOf(name, slot) : null;
        if (windows === null) continue;
        learned.push(windows);
        const tick = groupTick(windows, known);
        if (tick === null) continue;
        judged = true;
        for (const [i, bin] of measure(tick).bins.entries()) if (bin > bins[i]!) bins[i] = bin;
      }
      return learnGroup({ ...parseGroup(name), day: this.#day }, known, learned, judged ? bins : []);
    });
  }

  #sumsOf(group: string): Float64Array {
    let sums = this.#sums.get(group);
    if (sums === undefined) this.#sums.set(group, (sums = new Float64Array(SLOTS_PER_DAY * MEMBER_SUMS)));
    return sums;
  }

  /** Null at ticks at which nothing was added up. */
  #windowsOf(group: string, tick: number): GroupWindows | null {
    const sums = this.#sums.get(group);
    return sums === undefined || sums[tick * MEMBER_SUMS] === 0 ? null : windowsOf(sums, tick * MEMBER_SUMS);
  }

  #surgeOf(group: string): Float64Array | null {
    const known = this.#surges.get(group);
    if (known !== undefined) return known;
    const surges = new Float64Array(4 * SLOTS_PER_DAY);
    for (let tick = 0; tick < SLOTS_PER_DAY; tick += 1) {
      const windows = this.#windowsOf(group, tick);
      if (windows !== null) surges.set(windows.surge, 4 * tick);
    }
    const found = surges.some((factor) => factor > 0) ? surges : null;
    this.#surges.set(group, found);
    return found;
  }
}
