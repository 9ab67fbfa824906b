import { perWindow, type PerWindow } from "../model/finding/window.js";

/** A key's log ratio of actual to expected counts no further than this in its group's mean: one wild key says nothing of the others. */
const RATIO_BOUND = 0.7;
/** A key that is expected to do less than this in a window has a ratio of noise only. */
const LEAST_EXPECTED = 3;
/** Fewer keys than this share nothing that could be told from chance. */
const LEAST_MEMBERS = 8;
/** Usual spread of the bounded log ratios, and how many standard errors of their mean are given to chance. */
const RATIO_SPREAD = 0.35;
const CHANCE = 2;
/** How many numbers are added up of a member: 1, then per window actual, expected, both of cost, bounded ratio, and 1 where it has one. */
export const MEMBER_SUMS = 1 + 6 * 4;

/** One member's windows before one tick. */
export interface MemberWindows {
  /** Requests from networks that the key knows. */
  readonly familiar: PerWindow;
  readonly expected: PerWindow;
  /** Spend in requests of usual cost; null when the key has no known cost. */
  readonly costEquivalents: PerWindow | null;
}

/** What a group of keys did before one tick, against what its members were expected to do. */
export interface GroupWindows {
  readonly members: number;
  readonly requests: PerWindow;
  readonly expected: PerWindow;
  /** Spend in requests of usual cost, as if those members whose cost is not known had spent as the others; zeros when none is known. */
  readonly costEquivalents: PerWindow;
  /** Log factor by which the members' traffic rose together, beyond what chance explains; 0 when it did not. */
  readonly surge: PerWindow;
}

/** Adds up the keys of groups at one tick. The group's expectation is the sum of its members': who joins or leaves changes both. */
export class GroupSums {
  readonly #sums = new Map<string, Float64Array>();
  /** Every key asks for its groups once all are added. */
  readonly #windows = new Map<string, GroupWindows>();
  /** The member that is being added, written over by the next. */
  readonly #added = new Float64Array(MEMBER_SUMS);

  add(groups: readonly string[], member: MemberWindows): void {
    const added = this.#added;
    writeMember(added, member);
    if (this.#windows.size > 0) this.#windows.clear();
    for (const group of groups) {
      const sums = this.#sums.get(group);
      if (sums === undefined) this.#sums.set(group, added.slice());
      else for (let i = 0; i < MEMBER_SUMS; i += 1) sums[i]! += added[i]!;
    }
  }

  /** Groups whose members' traffic rose together in any window. */
  surging(): ReadonlySet<string> {
    return new Set([...this.#sums.keys()].filter((group) => this.of(group)!.surge.some((factor) => factor > 0)));
  }

  names(): string[] {
    return [...this.#sums.keys()].toSorted();
  }

  of(group: string): GroupWindows | null {
    const known = this.#windows.get(group);
    const sums = this.#sums.get(group);
    if (known !== undefined || sums === undefined) return known ?? null;
    const windows = windowsOf(sums, 0);
    this.#windows.set(group, windows);
    return windows;
  }
}

/** What sums that stand from an index on come to. */
export function windowsOf(sums: Float64Array, from: number): GroupWindows {
  const at = (i: number) => sums[from + i]!;
  return {
    members: at(0),
    requests: perWindow((w) => at(1 + w)),
    expected: perWindow((w) => at(5 + w)),
    costEquivalents: perWindow((w) => (at(13 + w) > 0 ? (at(9 + w) * at(5 + w)) / at(13 + w) : 0)),
    surge: perWindow((w) => shared(at(17 + w), at(21 + w))),
  };
}

/** Writes what is added up of a member over that of the one before. */
export function writeMember(added: Float64Array, { familiar, expected, costEquivalents }: MemberWindows): void {
  added.fill(0);
  added[0] = 1;
  for (let w = 0; w < 4; w += 1) {
    added[1 + w] = familiar[w]!;
    added[5 + w] = expected[w]!;
    if (costEquivalents !== null) {
      added[9 + w] = costEquivalents[w]!;
      added[13 + w] = expected[w]!;
    }
    if (expected[w]! < LEAST_EXPECTED) continue;
    const ratio = Math.log((familiar[w]! + 1) / (expected[w]! + 1));
    added[17 + w] = Math.max(-RATIO_BOUND, Math.min(RATIO_BOUND, ratio));
    added[21 + w] = 1;
  }
}

/** The largest surge that one of a key's groups shares, per window. */
export function surgeOf(groups: readonly (GroupWindows | null)[]): PerWindow {
  return perWindow((w) => Math.max(0, ...groups.map((group) => group?.surge[w] ?? 0)));
}

function shared(sum: number, members: number): number {
  if (members < LEAST_MEMBERS) return 0;
  return Math.max(0, sum / members - (CHANCE * RATIO_SPREAD) / Math.sqrt(members));
}
