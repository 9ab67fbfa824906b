import { SLOTS_PER_DAY } from "../../../../src/model/finding/window.js";
import { DAY_MS } from "../../../../src/time/day.js";
import type { DayTraffic } from "../day-traffic.js";
import type { Rival } from "./rival.js";

const HOUR = SLOTS_PER_DAY / 24;
const FOUNDING_MS = 2 * DAY_MS;
const NEW_FOR_MS = 7 * DAY_MS;

/**
 * "New ASN": ten requests within an hour from autonomous systems that the key has first used in the last seven days, its first
 * 48 hours excepted. What UEBA products call a first-seen or rare-ASN rule.
 */
export const newSystem: Rival = {
  name: "new-ASN rule (>= 10 requests an hour)",
  shippedAt: 10,
  judge: ({ fromNewSystems }) => {
    let sum = 0;
    return fromNewSystems.map((count, i) => {
      sum += count - (fromNewSystems[i - HOUR] ?? 0);
      return sum;
    });
  },
};

/** Keeps which autonomous systems a key uses since when, and adds up what came from new ones. */
export class SystemsLog {
  readonly fromNewSystems: Float64Array;
  readonly #seenAt = new Map<number, number>();

  constructor(slots: number) {
    this.fromNewSystems = new Float64Array(slots);
  }

  /** Takes in the key's next day. */
  add({ index, bornAt, sources }: DayTraffic): void {
    for (const { of, slot, requests, since } of sources) {
      const seenAt = this.#seenAt.get(of.asn) ?? since;
      this.#seenAt.set(of.asn, seenAt);
      if (of.type === "internal" || seenAt < bornAt + FOUNDING_MS || since - seenAt >= NEW_FOR_MS) continue;
      this.fromNewSystems[index * SLOTS_PER_DAY + slot]! += requests;
    }
  }
}
