import type { DisturbanceKind } from "../../../src/local/simulator/disturbances.js";
import type { DisturbanceLabel } from "../../../src/local/simulator/fleet.js";
import type { MinuteTraffic } from "../../../src/local/simulator/minute-traffic.js";
import { Random } from "../../../src/local/simulator/random.js";
import { userAgents } from "../../../src/local/simulator/user-agents.js";
import { isServed } from "../../../src/model/event/served.js";
import { BLOCK_MS, type ComparedBlock } from "../../../src/detect/unreported.js";
import { MINUTE_MS } from "../../../src/time/day.js";

/** Nobody builds a counter into what is tried at a laptop or run once, nor into a monitor that somebody else runs. */
const UNCOUNTED = new Set<string>([...userAgents.laptop, ...userAgents.monitor]);
const UNCOUNTED_VISITS: ReadonlySet<DisturbanceKind> = new Set(["developer", "monitor", "script"]);
/** Share of keys to which a further program, if one comes, is added without a counter. */
const UNCOUNTED_CONSUMER = 0.3;
/** Median of what callers miss, its spread between keys, and from day to day and hour to hour (log units). */
const LOSS = { median: 0.003, between: 0.8, daily: 0.4, hourly: 0.5, most: 0.08 } as const;
/** In so many days each: a process that is killed, a caller that sends nothing for a while, one of its processes that does not. */
const EVERY_DAYS = { kill: 5, silence: 20, mute: 100 } as const;
const SILENT_MINUTES = { median: 20, sigma: 1.2 } as const;

/** How the callers of a key count what they call. */
interface Counters {
  /** Share of the key's requests that each caller makes. */
  readonly weights: readonly number[];
  readonly processes: number;
  readonly loss: number;
  /** Share of a minute's requests that is answered, and counted, in the next minute. */
  readonly late: number;
  /** Share of requests that never arrive and are counted all the same. */
  readonly vain: number;
}

interface Fault {
  readonly kind: keyof typeof EVERY_DAYS;
  readonly caller: number;
  readonly from: number;
  readonly to: number;
}

/**
 * What callers of a simulated key report, minute by minute, beside what the gateway sees, in blocks. The holders' requests are counted by one to four callers, whose counters lose
 * some, differently each day and hour, and more when a process is killed; who is silent for a while is left out as a check leaves it out, and one of several processes that counts
 * nothing is not. Developers at laptops, monitors and some new programs count nothing. An attacker's requests are counted by nobody.
 */
export class CallerCounts {
  readonly blocks: ComparedBlock[] = [];
  readonly #random: Random;
  readonly #counters: Counters;
  readonly #faults: readonly Fault[];
  /** Epoch minutes, half-open, in which somebody uses the key who counts nothing. */
  readonly #visits: readonly { readonly from: number; readonly to: number }[];
  /** Epoch minute from which on programs in networks that the key was not used from before count nothing. */
  readonly #uncountedFrom: number;
  readonly #known = new Set<number>();
  #day = { at: -1, factor: 1 };
  #hour = { at: -1, factor: 1 };
  #carry = 0;

  constructor(
    seed: number,
    keyId: string,
    span: { readonly from: number; readonly to: number },
    disturbances: readonly DisturbanceLabel[],
  ) {
    const random = new Random(seed, `${keyId}/callers`);
    this.#random = random;
    const weights = Array.from({ length: random.whole(1, 4) }, () => random.between(0.2, 1));
    const total = weights.reduce((a, b) => a + b, 0);
    this.#counters = {
      weights: weights.map((weight) => weight / total),
      processes: random.whole(1, 8),
      loss: Math.min(LOSS.most, random.logNormal(LOSS.median, LOSS.between)),
      late: random.chance(0.3) ? random.between(0.05, 0.5) : random.between(0, 0.03),
      vain: random.chance(0.3) ? random.between(0, 0.01) : 0,
    };
    this.#faults = drawFaults(random, weights.length, span);
    const minuteOf = (instant: string) => Date.parse(instant) / MINUTE_MS;
    const consumers = disturbances.filter(({ kind }) => kind === "new_consumer").map(({ from }) => minuteOf(from));
    this.#uncountedFrom = random.chance(UNCOUNTED_CONSUMER) ? Math.min(Infinity, ...consumers) : Infinity;
    this.#visits = disturbances
      .filter(({ kind }) => UNCOUNTED_VISITS.has(kind))
      .map(({ from, to }) => ({ from: minuteOf(from), to: minuteOf(to) }));
  }

  /** Adds a minute; minutes without requests may be left out. */
  add({ minute, groups }: MinuteTraffic): void {
    let [gateway, counted, spendMicros] = [0, 0, 0];
    const isVisited = this.#visits.some(({ from, to }) => minute >= from && minute < to);
    for (const { userAgent, asn, status, count, costMicros, isAttack } of groups) {
      if (!isServed(status, costMicros)) continue;
      gateway += count;
      spendMicros += costMicros;
      if (isAttack) continue;
      if (minute < this.#uncountedFrom) this.#known.add(asn);
      else if (!this.#known.has(asn)) continue;
      if (!isVisited || !UNCOUNTED.has(userAgent)) counted += count;
    }
    const caller = this.#report(minute, counted);
    if (caller === null) return;
    const at = Math.floor((minute * MINUTE_MS) / BLOCK_MS) * BLOCK_MS;
    const last = this.blocks.at(-1);
    if (last?.at !== at) this.blocks.push({ at, gateway, caller, spendMicros });
    else this.blocks[this.blocks.length - 1] = sum(last, { at, gateway, caller, spendMicros });
  }

  /** What callers report of a minute in which they made so many requests; null where one of them reports nothing. */
  #report(minute: number, made: number): number | null {
    const { weights, processes, loss, late, vain } = this.#counters;
    const random = this.#random;
    const [day, hour] = [Math.floor(minute / 1440), Math.floor(minute / 60)];
    if (this.#day.at !== day) this.#day = { at: day, factor: random.logNormal(1, LOSS.daily) };
    if (this.#hour.at !== hour) this.#hour = { at: hour, factor: random.logNormal(1, LOSS.hourly) };
    const later = random.binomial(made, late);
    const due = made - later + this.#carry;
    this.#carry = later;
    let lost = random.binomial(due, Math.min(1, loss * this.#day.factor * this.#hour.factor));
    for (const { kind, caller, from, to } of this.#faults) {
      if (minute < from || minute >= to) continue;
      // Of a single process that counts nothing there is no row either.
      if (kind === "silence" || (kind === "mute" && processes === 1)) return null;
      lost += random.binomial(due, (weights[caller]! / processes) * (kind === "kill" ? random.next() : 1));
    }
    return Math.max(0, due - lost) + random.binomial(due, vain);
  }
}

function drawFaults(
  random: Random,
  callers: number,
  { from, to }: { readonly from: number; readonly to: number },
): Fault[] {
  return (Object.keys(EVERY_DAYS) as Fault["kind"][]).flatMap((kind) =>
    Array.from({ length: random.poisson(((to - from) / 1440 / EVERY_DAYS[kind]) * callers) }, (): Fault => {
      const at = random.whole(from, to - 1);
      const minutes = kind === "kill" ? 1 : Math.ceil(random.logNormal(SILENT_MINUTES.median, SILENT_MINUTES.sigma));
      return { kind, caller: random.whole(0, callers - 1), from: at, to: at + minutes };
    }),
  );
}

function sum(a: ComparedBlock, b: ComparedBlock): ComparedBlock {
  return {
    at: a.at,
    gateway: a.gateway + b.gateway,
    caller: a.caller + b.caller,
    spendMicros: a.spendMicros + b.spendMicros,
  };
}
