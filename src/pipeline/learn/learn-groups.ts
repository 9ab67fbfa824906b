import { FIRST_GROUP_NOISE, learnGroup } from "../../baseline/learn-group.js";
import { GroupSums, surgeOf } from "../../detect/group-sums.js";
import { measure } from "../../detect/measure.js";
import type { Baseline } from "../../model/finding/baseline.js";
import type { GroupBaseline } from "../../model/finding/group-baseline.js";
import { groupKey, parseGroup } from "../../model/key/key-group.js";
import { STATISTIC_COUNT } from "../../model/finding/statistics.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../model/finding/window.js";
import { dayStart } from "../../time/day.js";
import type { OpenDay, SurgeAt } from "./replay-day.js";
import { addToGroups, groupTick } from "../../detect/sum-groups.js";

/** What groups of keys did at each tick of a closed day. */
export class GroupDay {
  readonly #day: string;
  /** Epoch ms. */
  readonly #start: number;
  readonly #sums = Array.from({ length: SLOTS_PER_DAY }, () => new GroupSums());

  constructor(day: string) {
    this.#day = day;
    this.#start = dayStart(day);
  }

  /** Takes a key's day into its groups. */
  add(groups: readonly string[], key: OpenDay, before: Baseline | null): void {
    for (const [slot, { at, figures }] of key.ticks.entries()) {
      if (figures !== null) addToGroups(this.#sums[slot]!, groups, figures, before?.suspectUntil ?? Infinity, at);
    }
  }

  /** What the groups of a key share at each tick. */
  surgeAt(groups: readonly string[]): SurgeAt {
    return (at) => {
      const sums = this.#sums[this.#slotOf(at)]!;
      return surgeOf(groups.map((group) => sums.of(group)));
    };
  }

  /** Learns every group's day; slots of which not everything is known teach nothing. */
  learn(before: readonly GroupBaseline[], isKnown: (slot: number) => boolean): GroupBaseline[] {
    const beforeOf = new Map(before.map((group) => [groupKey(group), group]));
    const names = new Set([...this.#sums.flatMap((sums) => sums.names()), ...beforeOf.keys()]);
    return [...names].toSorted().map((name) => {
      const known = beforeOf.get(name) ?? FIRST_GROUP_NOISE;
      const ticks = this.#sums.flatMap((sums, slot) => (isKnown(slot) ? [sums.of(name)] : []));
      const bins = Array.from({ length: STATISTIC_COUNT }, () => 0);
      let judged = false;
      for (const windows of ticks) {
        const tick = groupTick(windows, known);
        if (tick === null) continue;
        judged = true;
        for (const [i, bin] of measure(tick).bins.entries()) if (bin > bins[i]!) bins[i] = bin;
      }
      const learned = ticks.filter((windows) => windows !== null);
      return learnGroup({ ...parseGroup(name), day: this.#day }, known, learned, judged ? bins : []);
    });
  }

  #slotOf(at: number): number {
    return (at - this.#start) / SLOT_MS - 1;
  }
}
