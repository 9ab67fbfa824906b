import type { AttackKind, AttackOrigin } from "../../../src/local/simulator/attacks.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { isServed } from "../../../src/model/event/served.js";
import type { TrafficGroup } from "../../../src/local/simulator/minute-traffic.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { DayDraft, type DayTraffic, type Refused } from "./day-traffic.js";
import { allowedBy, sourceOf, type Source } from "./source-of.js";
import { TICKS } from "./protocol.js";

/** What one attacker did to the key, for judging alarms. */
export interface Theft {
  readonly kind: AttackKind;
  readonly origin: AttackOrigin;
  readonly copiesClient: boolean;
  /** Numbers of the autonomous systems that the attacker comes from. */
  readonly systems: ReadonlySet<number>;
  /** Epoch ms: start of the minute of the first malicious request, end of that of the last. */
  readonly from: number;
  readonly to: number;
  /** Micro-dollars taken up to each tick of the fleet's life. */
  readonly spendUntil: Float64Array;
}

/** A key's life in slots, told day by day, since what a busy key does in five weeks is too much for memory. */
export class KeyTraffic {
  readonly limitPerMinute: number | null;
  /** Requests of every slot of the fleet's life, as far as it was told. */
  readonly requests = new Float64Array(TICKS);
  readonly #fleet: Fleet;
  readonly #index: number;
  readonly #isAllowed: (ip: string) => boolean;
  readonly #sources = new Map<string, Source>();
  readonly #refused = new Map<string, Refused>();
  readonly #thefts: TheftDraft[];
  #bornAt: number | null = null;

  constructor(fleet: Fleet, index: number) {
    const key = fleet.keys[index]!;
    this.#fleet = fleet;
    this.#index = index;
    this.limitPerMinute = key.limit_per_minute ?? null;
    this.#isAllowed = allowedBy(key.allowed_cidrs);
    this.#thefts = fleet.labels
      .filter((label) => label.key_id === key.key_id)
      .map(({ kind, origin, copies_client: copiesClient, from, to }) => ({
        kind,
        origin,
        copiesClient,
        systems: new Set<number>(),
        begin: Date.parse(from),
        end: Date.parse(to),
        from: Infinity,
        to: 0,
        spend: new Float64Array(TICKS),
      }));
  }

  /** The key's days from its first request on, oldest first and that many at most, also those on which nothing happened; to be told once. */
  *days(most = Infinity): Generator<DayTraffic, void, undefined> {
    let count = 0;
    for (const day of this.#allDays()) {
      yield day;
      if (++count >= most) return;
    }
  }

  *#allDays(): Generator<DayTraffic, void, undefined> {
    let open: DayDraft | null = null;
    for (const { minute, groups } of this.#fleet.keyTraffic(this.#index)) {
      const at = minute * 60_000;
      const tick = Math.floor((at - this.#fleet.from) / SLOT_MS);
      for (const group of groups) {
        const { sourceIp, asn, networkType, route, status, count, costMicros, isAttack } = group;
        this.requests[tick]! += count;
        if (isAttack) this.#steal(at, tick, group);
        const isRefused = status === 401 || status === 403;
        // What was refused before the first use is of no key, and what failed teaches nothing.
        if (isRefused ? this.#bornAt === null : !isServed(status, costMicros)) continue;
        this.#bornAt ??= at;
        open ??= new DayDraft(Math.floor(tick / SLOTS_PER_DAY), this.#bornAt);
        while (tick >= (open.index + 1) * SLOTS_PER_DAY) {
          yield open.close();
          open = new DayDraft(open.index + 1, this.#bornAt);
        }
        let source = this.#sources.get(sourceIp);
        if (source === undefined) {
          source = sourceOf(sourceIp, asn, networkType, this.#isAllowed);
          this.#sources.set(sourceIp, source);
        }
        if (isRefused) {
          open.refuse(tick % SLOTS_PER_DAY, at, this.#refusedOf(route, source), count);
          continue;
        }
        open.add(tick % SLOTS_PER_DAY, at, source, group);
      }
    }
    while (open !== null) {
      yield open.close();
      open = (open.index + 1) * SLOTS_PER_DAY < TICKS ? new DayDraft(open.index + 1, this.#bornAt!) : null;
    }
  }

  /** Epoch ms of the first request; null when there was none. */
  get bornAt(): number | null {
    return this.#bornAt;
  }

  /** The thefts in which at least one request was made; complete once all days were told. */
  thefts(): Theft[] {
    return this.#thefts
      .filter(({ from }) => from < Infinity)
      .map(({ kind, origin, copiesClient, systems, from, to, spend }) => {
        let sum = 0;
        return { kind, origin, copiesClient, systems, from, to, spendUntil: spend.map((micros) => (sum += micros)) };
      });
  }

  /** The same object for the same route and network. */
  #refusedOf(route: string, { net16 }: Source): Refused {
    const name = `${net16} ${route}`;
    let refused = this.#refused.get(name);
    if (refused === undefined) this.#refused.set(name, (refused = { route, net16 }));
    return refused;
  }

  #steal(at: number, tick: number, { asn, costMicros }: TrafficGroup): void {
    const theft = this.#thefts.find(({ begin, end }) => at >= begin && at < end);
    if (theft === undefined) return;
    theft.from = Math.min(theft.from, at);
    theft.to = at + 60_000;
    theft.systems.add(asn);
    theft.spend[tick]! += costMicros;
  }
}

interface TheftDraft {
  readonly kind: AttackKind;
  readonly origin: AttackOrigin;
  readonly copiesClient: boolean;
  readonly systems: Set<number>;
  readonly begin: number;
  readonly end: number;
  from: number;
  to: number;
  readonly spend: Float64Array;
}
