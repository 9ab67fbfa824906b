import { SPREAD_KEYS } from "./attack-size.js";
import type { Attack, AttackRequest } from "./attacks.js";
import { freeProfiles, type AttackGround } from "./draw-attack.js";
import { stolenRoutes } from "./draw-attacker.js";
import type { KeyProfile } from "./key-profile.js";
import { ownerOf } from "./key-registry.js";
import { Random } from "./random.js";

/**
 * One attacker's plan carried over to further keys, each at the same rate: first to those of the same owner, then, where
 * the owner has too few, to others of the fleet.
 */
export function spreadAttack(
  seed: number,
  attack: Attack,
  wish: AttackRequest,
  ground: AttackGround,
): readonly Attack[] {
  const random = new Random(seed, `${attack.id}/spread`);
  const asns = new Set(attack.networks.map(({ asn }) => asn));
  const others = freeProfiles(ground).filter(
    ({ keyId, sources }) => keyId !== attack.keyId && !sources.networks.some(({ asn }) => asns.has(asn)),
  );
  const owner = ownerOf(seed, attack.keyId);
  const isOwned = ({ keyId }: { readonly keyId: string }) => ownerOf(seed, keyId) === owner;
  const owned = random.sample(others.filter(isOwned), SPREAD_KEYS - 1);
  const unknownSources = random.sample(
    others.filter((other) => !isOwned(other)),
    SPREAD_KEYS - 1 - owned.length,
  );
  const planFor = (profile: KeyProfile): Attack => {
    const totalAtMost = profile.limitPerMinute === null ? null : profile.limitPerMinute - 1;
    const routes = stolenRoutes(wish.kind, profile, random);
    return { ...attack, keyId: profile.keyId, totalAtMost, routes };
  };
  return [attack, ...[...owned, ...unknownSources].map(planFor)];
}
