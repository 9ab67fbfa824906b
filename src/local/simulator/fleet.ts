import { AttackTraffic } from "./attack-traffic.js";
import type { Attack, AttackKind, AttackOrigin } from "./attacks.js";
import type { Disturbance } from "./disturbances.js";
import { registryRow, type KeyRow } from "./key-registry.js";
import type { KeyProfile } from "./key-profile.js";
import { KeyTraffic } from "./key-traffic.js";
import { MinuteBuffer } from "./minute-buffer.js";
import type { NetworkRow, Operator } from "./networks.js";

const MINUTE_MS = 60_000;
/** Batch size with which single events are read. */
const EVENTS_AT_ONCE = 5000;

/** Everything that decides what a fleet does; from it the traffic follows. Instants are epoch minutes. */
export interface FleetPlan {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly operators: readonly Operator[];
  readonly keys: readonly {
    readonly profile: KeyProfile;
    readonly disturbances: readonly Disturbance[];
  }[];
  readonly attacks: readonly Attack[];
}

/** Whole minutes of NDJSON. A minute with more events than fit comes as several batches with the same span. */
export interface EventBatch {
  /** Contract section 2 objects in time order, each line ended by a line feed; "" when nothing happened. */
  readonly lines: string;
  readonly count: number;
  /** Half-open span of the minutes that the batch speaks of, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** One event as it stands in a line (contract, section 2). */
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

/** The truth about one attack, for judging a detector. */
export interface AttackLabel {
  readonly key_id: string;
  readonly kind: AttackKind;
  readonly origin: AttackOrigin;
  readonly from: string;
  readonly to: string;
  /** Prefixes that the thief used, as in the networks file. */
  readonly networks: readonly string[];
}

/** The truth about one legitimate disturbance. */
export interface DisturbanceLabel {
  readonly key_id: string;
  readonly kind: Disturbance["kind"];
  readonly from: string;
  readonly to: string;
}

/** Simulated keys with their traffic. Every call of `batches` or `events` tells the same story from its beginning. */
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
  batches(maxEvents: number): Generator<EventBatch, void, undefined>;
  events(): Generator<SimulatedEvent, void, undefined>;
}

/** Makes the traffic of a plan readable. */
export function openFleet(plan: FleetPlan): Fleet {
  const at = (minute: number) => new Date(Math.min(minute, plan.to) * MINUTE_MS).toISOString();
  return {
    from: plan.from * MINUTE_MS,
    to: plan.to * MINUTE_MS,
    keys: plan.keys.map(({ profile }) => registryRow(plan.seed, profile, plan.from)),
    networks: plan.operators.flatMap(({ networks }) =>
      networks.map(({ cidr, asn, name, type }) => ({ cidr, asn, name, type })),
    ),
    labels: plan.attacks.map(({ keyId, kind, origin, from, to, networks }) => {
      return {
        key_id: keyId,
        kind,
        origin,
        from: at(from),
        to: at(to),
        networks: networks.map(({ cidr }) => cidr),
      };
    }),
    disturbances: plan.keys.flatMap(({ profile, disturbances }) =>
      disturbances.map(({ kind, from, to }) => ({
        key_id: profile.keyId,
        kind,
        from: at(from),
        to: at(to),
      })),
    ),
    countEvents: () => countEvents(plan),
    batches: (maxEvents) => batches(plan, maxEvents),
    events: () => events(plan),
  };
}

/** Keys with the thieves who use them, at the beginning of time. */
function openTraffic(plan: FleetPlan): { readonly holders: KeyTraffic; readonly thieves: readonly AttackTraffic[] }[] {
  return plan.keys.map(({ profile, disturbances }) => {
    const holders = new KeyTraffic(plan.seed, profile, disturbances);
    const thieves = plan.attacks.flatMap((attack, index) =>
      attack.keyId === profile.keyId ? [new AttackTraffic(plan.seed, index, attack, holders)] : [],
    );
    return { holders, thieves };
  });
}

function countEvents(plan: FleetPlan): number {
  let total = 0;
  for (const { holders, thieves } of openTraffic(plan)) {
    for (let minute = plan.from; minute < plan.to; minute++) {
      const count = holders.count(minute);
      total += count;
      for (const thief of thieves) total += thief.count(minute, count);
    }
  }
  return total;
}

function* batches(plan: FleetPlan, maxEvents: number): Generator<EventBatch, void, undefined> {
  if (!(maxEvents >= 1)) throw new RangeError("a batch holds at least one event");
  const traffic = openTraffic(plan);
  const buffer = new MinuteBuffer();
  let waiting: string[] = [];
  let from = plan.from;
  for (let minute = plan.from; minute < plan.to; minute++) {
    for (const { holders, thieves } of traffic) {
      const count = holders.count(minute);
      holders.write(minute, count, buffer);
      for (const thief of thieves) thief.write(minute, thief.count(minute, count), count, buffer);
    }
    const lines: string[] = [];
    buffer.drainInto(lines, minute);
    if (waiting.length + lines.length > maxEvents && from < minute) {
      yield toBatch(waiting, from, minute);
      waiting = [];
      from = minute;
    }
    for (; lines.length > maxEvents; lines.splice(0, maxEvents))
      yield toBatch(lines.slice(0, maxEvents), minute, minute + 1);
    waiting.push(...lines);
  }
  if (from < plan.to) yield toBatch(waiting, from, plan.to);
}

function toBatch(lines: readonly string[], from: number, to: number): EventBatch {
  const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  return { lines: text, count: lines.length, from: from * MINUTE_MS, to: to * MINUTE_MS };
}

function* events(plan: FleetPlan): Generator<SimulatedEvent, void, undefined> {
  for (const { lines } of batches(plan, EVENTS_AT_ONCE)) {
    for (const line of lines.split("\n")) if (line !== "") yield JSON.parse(line) as SimulatedEvent;
  }
}
