import type { GroupBaseline } from "../model/finding/group-baseline.js";
import type { KeyGroup } from "../model/key/key-group.js";
import { round6 } from "../model/round.js";
import { WINDOW_MINUTES, type PerWindow } from "../model/finding/window.js";
import { FIRST_NOISE, FIRST_NOISE_DAYS, learnNoise } from "./learn-model.js";

/** What is known of a group before its first day. */
export const FIRST_GROUP_NOISE = { noise: FIRST_NOISE, noiseDays: FIRST_NOISE_DAYS };

/** A group's sums before one five-minute tick. */
export interface GroupTick {
  readonly requests: PerWindow;
  readonly expected: PerWindow;
  readonly costEquivalents: PerWindow;
}

/** Learns one closed day of one group from its ticks, oldest first. */
export function learnGroup(
  group: KeyGroup & { readonly day: string },
  before: Pick<GroupBaseline, "noise" | "noiseDays">,
  ticks: Iterable<GroupTick>,
  dailyMaxBins: readonly number[],
): GroupBaseline {
  const draft = { noise: [...before.noise], noiseDays: [...before.noiseDays] };
  for (const tick of ticks) {
    for (let w = 0; w < WINDOW_MINUTES.length; w += 1) {
      const expected = tick.expected[w]!;
      learnNoise(draft, w, tick.requests[w]!, expected);
      if (tick.costEquivalents[3] > 0) learnNoise(draft, WINDOW_MINUTES.length + w, tick.costEquivalents[w]!, expected);
    }
  }
  const { kind, name, observedBy, day } = group;
  return {
    day,
    kind,
    name,
    observedBy,
    noise: draft.noise.map(round6),
    noiseDays: draft.noiseDays.map(round6),
    dailyMaxBins,
  };
}
