import type { KeyProfile } from "./key-profile.js";
import { ownerOf } from "./key-registry.js";
import { Random } from "./random.js";

/** Share of new keys that start in the networks of an older key of their owner, or of anybody's where the owner has none; the others start anywhere. */
const AT_HOME = 0.95;

/** Has keys that begin after `from` (epoch minutes) start where older keys are used; people are at home wherever they are. */
export function settleNewcomers(seed: number, profiles: readonly KeyProfile[], from: number): KeyProfile[] {
  const homes = profiles.filter(({ activeFrom, sources }) => activeFrom <= from && sources.kind !== "clients");
  return profiles.map((profile) => {
    if (profile.activeFrom <= from || profile.sources.kind === "clients" || homes.length === 0) return profile;
    const random = new Random(seed, `${profile.keyId}/home`);
    if (!random.chance(AT_HOME)) return profile;
    const owner = ownerOf(seed, profile.keyId);
    const own = homes.filter(({ keyId }) => ownerOf(seed, keyId) === owner);
    const { networks } = random.pick(own.length > 0 ? own : homes).sources;
    return { ...profile, sources: { ...profile.sources, networks } };
  });
}
