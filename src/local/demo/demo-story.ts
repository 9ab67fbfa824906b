import type { Disturbance } from "../simulator/disturbances.js";
import type { KeyProfile } from "../simulator/key-profile.js";
import { v4Of } from "../simulator/key-sources.js";
import type { Operator } from "../simulator/networks.js";
import type { Random } from "../simulator/random.js";

/** Which key plays which part in the demo's last hour. */
export interface DemoStory {
  readonly leaked: string;
  readonly deployed: string;
  readonly migrated: string;
  readonly saturating: string;
  readonly campaigning: string;
}

/** A key's part in the demo; most have none of the five. */
export type Part = keyof DemoStory | "other";

/** What happens to a leading part in the last hour, in epoch minutes. */
export function lastHour(
  part: Part,
  profile: KeyProfile,
  operators: readonly Operator[],
  to: number,
  random: Random,
): Disturbance[] {
  if (part === "deployed") {
    const from = to - random.whole(35, 50);
    return [{ kind: "deploy", from, to: from + 10, isUpgrade: false }];
  }
  if (part === "campaigning") return [{ kind: "campaign", from: to - random.whole(45, 55), to: to + 120, load: 3 }];
  if (part !== "migrated") return [];
  const own = new Set(profile.sources.networks.map(({ asn }) => asn));
  const cloud = random.pick(operators.filter(({ asn, type }) => type === "cloud" && !own.has(asn)));
  const from = to - random.whole(45, 55);
  return [
    {
      kind: "migration",
      from,
      to: from + random.whole(20, 30),
      canaryFrom: from,
      canaryShare: 0,
      networks: random.sample(v4Of(cloud), 1),
    },
  ];
}
