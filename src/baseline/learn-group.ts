import type { GroupBaseline } from "../model/finding/group-baseline.js";
import type { KeyGroup } from "../model/key/key-group.js";
import { round6 } from "../model/round.js";
import type { PerWindow } from "../model/finding/window.js";
import { FIRST_NOISE, FIRST_NOISE_DAYS, learnNoise } from "./learn-model.js";
import { withNoise } from "../model/finding/baseline.js";

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
    const { requests: expected, rateVariance, spendVariance } = withNoise(tick.expected, draft.noise);
    learnNoise(draft, [
      { actual: tick.requests, expected, variance: rateVariance },
      tick.costEquivalents[3] <= 0 ? null : { actual: tick.costEquivalents, expected, variance: spendVariance },
    ]);
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
