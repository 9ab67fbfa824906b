import type { TrafficGroup } from "../../../src/local/simulator/minute-traffic.js";
import { SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { SlotSums, type SlotRow } from "./slot-sums.js";
import type { Source } from "./source-of.js";

/** One key's day in slots of five minutes. */
export interface DayTraffic {
  /** Number of the day in the fleet's life. */
  readonly index: number;
  /** Epoch ms of the key's first request. */
  readonly bornAt: number;
  readonly requests: Float64Array;
  readonly spendMicros: Float64Array;
  readonly sources: readonly SlotRow<Source>[];
  readonly routes: readonly SlotRow<string>[];
  /** By family of client; empty for requests that named none. */
  readonly clients: readonly SlotRow<string>[];
  /** What was refused because the key may not do it, by route and source. */
  readonly refused: readonly SlotRow<Refused>[];
}

/** A route that was refused to a source. */
export interface Refused {
  readonly route: string;
  readonly net16: string;
}

/** A day that is being told, minute after minute. */
export class DayDraft {
  readonly index: number;
  readonly #bornAt: number;
  readonly #requests = new Float64Array(SLOTS_PER_DAY);
  readonly #spend = new Float64Array(SLOTS_PER_DAY);
  readonly #sources = new SlotSums<Source>();
  readonly #routes = new SlotSums<string>();
  readonly #clients = new SlotSums<string>();
  readonly #refused = new SlotSums<Refused>();

  constructor(index: number, bornAt: number) {
    this.index = index;
    this.#bornAt = bornAt;
  }

  add(slot: number, at: number, source: Source, { route, userAgent, count, costMicros }: TrafficGroup): void {
    const [requests, spendMicros] = [count, costMicros];
    this.#requests[slot]! += requests;
    this.#spend[slot]! += spendMicros;
    this.#sources.add(slot, at, source, requests, spendMicros);
    this.#routes.add(slot, at, route, requests, spendMicros);
    this.#clients.add(slot, at, clientFamily(userAgent), requests, spendMicros);
  }

  refuse(slot: number, at: number, refused: Refused, requests: number): void {
    this.#refused.add(slot, at, refused, requests, 0);
  }

  close(): DayTraffic {
    return {
      index: this.index,
      bornAt: this.#bornAt,
      requests: this.#requests,
      spendMicros: this.#spend,
      sources: this.#sources.rows,
      routes: this.#routes.rows,
      clients: this.#clients.rows,
      refused: this.#refused.rows,
    };
  }
}

const families = new Map<string, string>();

/** What a program calls itself, without its version: sql/migrations/015_fill_first_seen.sql. */
function clientFamily(userAgent: string): string {
  let family = families.get(userAgent);
  if (family === undefined) {
    family = /^[^/ ]*/.exec(userAgent)![0].toLowerCase().slice(0, 64);
    families.set(userAgent, family);
  }
  return family;
}
