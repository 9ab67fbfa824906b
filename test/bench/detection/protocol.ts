import { adaptiveKinds, attackKinds, type AttackKind } from "../../../src/local/simulator/attacks.js";
import { simulateFleet, type FleetRequest } from "../../../src/local/simulator/simulate-fleet.js";
import type { ProfileRequest } from "../../../src/local/simulator/key-profile.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { SUSPICION_MS } from "../../../src/model/incident/incident.js";
import { DAY_MS } from "../../../src/time/day.js";

/** A fleet lives so many days, of which the first are history and not judged (detection.md, protocol). */
export const DAYS = 35;
const HISTORY_DAYS = 14;
/** New keys are judged as such for so long. */
export const FIRST_DAYS = 2;
export const TICKS = DAYS * SLOTS_PER_DAY;
export const FIRST_JUDGED_TICK = HISTORY_DAYS * SLOTS_PER_DAY;
/** A Monday; which one decides nothing. */
export const FROM = Date.UTC(2026, 2, 2);
/** Time after an attack that is not benign either. */
export const AFTERMATH_MS = DAY_MS;
/** Runs of alarms less far apart than this are one incident, one false page: it ends when its key was clean for a day. */
export const INCIDENT_GAP_TICKS = SUSPICION_MS / SLOT_MS;
/** An alarm so long after the last malicious request still finds the attack: the shortest window looks back so far. */
export const LATE_ALARM_MS = 15 * 60_000;
/** Delays (minutes) within which an attack counts as found. */
export const DELAYS = [15, 60, 360, 1440] as const;

/** Seeds of the fleets on which thresholds and weights may be tuned; figures are never reported from them but by `--tuning`. */
export const TUNING_SEEDS = [101, 102, 103, 104] as const;
/** Seeds of the fleets that figures are reported from; nothing may be tuned on them. */
export const EVALUATION_SEEDS = [901, 902, 903, 904, 905] as const;

/** What the bench judges unless it is told: the drawn kinds, and the attacker who takes what costs nothing. */
export const BENCH_KINDS: readonly AttackKind[] = [...attackKinds, "N"];

/** One simulated fleet of a run: small enough to be sent to a worker, which makes the fleet from it. */
export interface FleetOrder {
  readonly seed: number;
  readonly keys: number;
  readonly attacksPerKind: number;
  readonly kinds: readonly AttackKind[];
  /** What the keys are, in turn, where the fleet is not a usual one. */
  readonly profiles?: readonly ProfileRequest[];
  /** So many of the keys are first used once the fleet is two weeks old, and the fleet lives two days more. */
  readonly newcomers?: number;
}

/** Splits keys and attacks evenly over seeds. */
export function orderFleets(
  seeds: readonly number[],
  keys: number,
  attacksPerKind: number,
  kinds: readonly AttackKind[] = BENCH_KINDS,
): FleetOrder[] {
  const share = (total: number) => Math.ceil(total / seeds.length);
  return seeds.map((seed) => ({ seed, keys: share(keys), attacksPerKind: share(attacksPerKind), kinds }));
}

/** The fleet of an order, with as many attacks of each kind, in turn; the adaptive ones last, so that they change none of the others. */
export function openOrder({ seed, keys, attacksPerKind, kinds, profiles, newcomers }: FleetOrder): Fleet {
  if (newcomers !== undefined) {
    const from = FROM + HISTORY_DAYS * DAY_MS;
    return simulateFleet({
      seed,
      keys,
      from: FROM,
      to: from + FIRST_DAYS * DAY_MS,
      newcomers: { keys: newcomers, from },
    });
  }
  const inTurn = (some: readonly AttackKind[]) => Array.from({ length: attacksPerKind }, () => some).flat();
  const isAdaptive = (kind: AttackKind) => adaptiveKinds.some((one) => one === kind);
  const turns = [...inTurn(kinds.filter((kind) => !isAdaptive(kind))), ...inTurn(kinds.filter(isAdaptive))];
  const attacks = turns.map((kind) => ({ kind }));
  const asked = profiles === undefined ? {} : { profiles };
  const wish: FleetRequest = { seed, keys, from: FROM, to: FROM + DAYS * DAY_MS, attacks, ...asked };
  return simulateFleet(wish);
}
