import { UNKNOWN_SLOT } from "../model/finding/baseline.js";

/** Adds the slots of two keys up; what is unknown of one is unknown of both. */
export function addSlots(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((requests, slot) =>
    requests === UNKNOWN_SLOT || other[slot] === UNKNOWN_SLOT ? UNKNOWN_SLOT : requests + other[slot]!,
  );
}
