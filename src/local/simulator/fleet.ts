import type { AttackKind, AttackOrigin } from "./attacks.js";
import { beginOf, endOf, type DisturbanceKind } from "./disturbances.js";
import { batchesOf, type EventBatch, type FleetPlan } from "./event-batches.js";
import { registryRow, type KeyRow } from "./key-registry.js";
import { KeyStory } from "./key-story.js";
import { countTheft, minutesOf, type MinuteTraffic, type Theft } from "./minute-traffic.js";
import type { NetworkRow } from "./networks.js";

const MINUTE_MS = 60_000;
/** Batch size with which single events are read. */
const EVENTS_AT_ONCE = 5000;

/** One event as it stands in a line (docs/events.md). */
export interface SimulatedEvent {
  readonly ts: string;
  readonly key_id: string;
  readonly source_ip: string;
  readonly user_agent: string;
  readonly method: string;
  readonly route: string;
  readonly scope: string;
  readonly status: number;
  readonly latency_ms: number;
  readonly bytes: number;
  readonly cost_usd?: number;
}

/** The truth about what one attacker does to one key, for judging a detector. */
export interface AttackLabel {
  /** The same for all keys that one attacker uses. */
  readonly attack: string;
  readonly key_id: string;
  readonly kind: AttackKind;
  readonly origin: AttackOrigin;
  /** Whether the attacker's program calls itself what the holders' does. */
  readonly copies_client: boolean;
  readonly from: string;
  readonly to: string;
  /** Prefixes that the attacker used, as in the networks file. */
  readonly networks: readonly string[];
}

/** The truth about one legitimate disturbance. */
export interface DisturbanceLabel {
  readonly key_id: string;
  readonly kind: DisturbanceKind;
  readonly from: string;
  readonly to: string;
}

/** Simulated keys with their traffic. Every call of a method tells the same story from its beginning. */
export interface Fleet {
  /** Half-open span, epoch milliseconds, whole minutes. */
  readonly from: number;
  readonly to: number;
  readonly keys: readonly KeyRow[];
  readonly networks: readonly NetworkRow[];
  readonly labels: readonly AttackLabel[];
  readonly disturbances: readonly DisturbanceLabel[];
  /** The exact number of events, counted without writing them: many times faster than reading them. */
  countEvents(): number;
  /** What the attacker of label number `index` takes, exactly. */
  countTheft(index: number): Theft;
  /** The whole life of key number `index` (as in `keys`), added up: the events of a minute are its groups, counted out. */
  keyTraffic(index: number): Generator<MinuteTraffic, void, undefined>;
  batches(maxEvents: number): Generator<EventBatch, void, undefined>;
  events(): Generator<SimulatedEvent, void, undefined>;
}

/** Makes the traffic of a plan readable. */
export function openFleet(plan: FleetPlan): Fleet {
  const at = (minute: number) => new Date(Math.min(minute, plan.to) * MINUTE_MS).toISOString();
  return {
    from: plan.from * MINUTE_MS,
    to: plan.to * MINUTE_MS,
    keys: plan.keys.map(({ profile, disturbances }) => registryRow(plan.seed, profile, disturbances, plan.from)),
    networks: plan.operators.flatMap(({ networks }) =>
      networks.map(({ cidr, asn, name, type }) => ({ cidr, asn, name, type })),
    ),
    labels: plan.attacks.map(({ id, keyId, kind, origin, copiesClient, from, to, networks }) => {
      const span = { from: at(from), to: at(to) };
      const who = { attack: id, key_id: keyId, kind, origin, copies_client: copiesClient };
      return { ...who, ...span, networks: networks.map(({ cidr }) => cidr) };
    }),
    disturbances: plan.keys.flatMap(({ profile, disturbances }) =>
      disturbances.map((one) => ({
        key_id: profile.keyId,
        kind: one.kind,
        from: at(beginOf(one)),
        to: at(endOf(one)),
      })),
    ),
    countEvents: () => countEvents(plan),
    countTheft: (index) => {
      const attack = plan.attacks[index];
      const keyIndex = plan.keys.findIndex(({ profile }) => profile.keyId === attack?.keyId);
      if (attack === undefined) throw new RangeError(`the fleet has no attack ${index}`);
      return countTheft(storyOf(plan, keyIndex), attack, plan.from);
    },
    keyTraffic: (index) => minutesOf(storyOf(plan, index), plan.from, plan.to),
    batches: (maxEvents) => batchesOf(plan, maxEvents),
    events: () => eventsOf(plan),
  };
}

function storyOf(plan: FleetPlan, index: number): KeyStory {
  const key = plan.keys[index];
  if (key === undefined) throw new RangeError(`the fleet has no key number ${index}`);
  return new KeyStory(plan.seed, key, plan.attacks);
}

function countEvents(plan: FleetPlan): number {
  let total = 0;
  for (const key of plan.keys) {
    const story = new KeyStory(plan.seed, key, plan.attacks);
    for (let minute = plan.from; minute < plan.to; minute++) total += story.count(minute);
  }
  return total;
}

function* eventsOf(plan: FleetPlan): Generator<SimulatedEvent, void, undefined> {
  for (const { lines } of batchesOf(plan, EVENTS_AT_ONCE)) {
    for (const line of lines.split("\n")) if (line !== "") yield JSON.parse(line) as SimulatedEvent;
  }
}
