import { attackKinds, type Attack, type AttackRequest } from "./attacks.js";
import { drawAttack } from "./draw-attack.js";
import { drawDisturbances } from "./draw-disturbances.js";
import { openFleet, type Fleet } from "./fleet.js";
import { drawProfile, type KeyProfile, type ProfileRequest } from "./key-profile.js";
import { drawOperators } from "./networks.js";
import { Random } from "./random.js";
import { settleNewcomers } from "./settle-newcomers.js";
import { spreadAttack } from "./spread-attack.js";

const MINUTE_MS = 60_000;

/** What to simulate. Instants are epoch milliseconds and are cut to whole minutes. */
export interface FleetRequest {
  readonly seed: number;
  /** Number of keys. */
  readonly keys: number;
  readonly from: number;
  readonly to: number;
  /** A number of attacks of drawn kinds (none of the adaptive ones), or what each is to be; none by default. */
  readonly attacks?: number | readonly AttackRequest[];
  /** What the keys are to be, in turn; as a usual fleet has them by default. */
  readonly profiles?: readonly ProfileRequest[];
  /** So many of the keys, the last ones, are first used at an instant (epoch ms). */
  readonly newcomers?: { readonly keys: number; readonly from: number };
}

/**
 * A fleet of keys with a realistic life. The same wish gives the same bytes, and the same seed with other attacks gives the
 * same legitimate events.
 * @throws RangeError when the span is empty, there is no key, or an attack names a key that is not there.
 */
export function simulateFleet(wish: FleetRequest): Fleet {
  const span = { from: Math.floor(wish.from / MINUTE_MS), to: Math.floor(wish.to / MINUTE_MS) };
  if (!(span.from < span.to)) throw new RangeError("the span to simulate is empty");
  if (!(wish.keys >= 1)) throw new RangeError("a fleet needs at least one key");
  const operators = drawOperators(wish.seed);
  const asked = (index: number) => wish.profiles?.[index % wish.profiles.length];
  const drawn = Array.from({ length: wish.keys }, (_, index) => {
    return drawProfile(wish.seed, index, operators, span, asked(index));
  });
  const profiles = settleNewcomers(wish.seed, drawn.map(bornAsAsked(wish)), span.from);
  const keys = profiles.map((profile) => ({
    profile,
    disturbances: drawDisturbances(wish.seed, profile, operators, span),
  }));
  const taken = new Set<string>();
  const attacks = attackRequestes(wish).flatMap((attackRequest, index): readonly Attack[] => {
    const ground = { profiles, operators, span, taken };
    const attack = drawAttack(wish.seed, index, attackRequest, ground);
    taken.add(attack.keyId);
    const all = attackRequest.kind === "L" ? spreadAttack(wish.seed, attack, attackRequest, ground) : [attack];
    for (const { keyId } of all) taken.add(keyId);
    return all;
  });
  return openFleet({ seed: wish.seed, ...span, operators, keys, attacks });
}

function bornAsAsked({ keys, newcomers }: FleetRequest): (profile: KeyProfile, index: number) => KeyProfile {
  if (newcomers === undefined) return (profile) => profile;
  const activeFrom = Math.floor(newcomers.from / MINUTE_MS);
  return (profile, index) => (index < keys - newcomers.keys ? profile : { ...profile, activeFrom });
}

function attackRequestes({ seed, attacks = 0 }: FleetRequest): readonly AttackRequest[] {
  if (typeof attacks !== "number") return attacks;
  const random = new Random(seed, "attacks");
  return Array.from({ length: attacks }, () => ({ kind: random.pick(attackKinds) }));
}
