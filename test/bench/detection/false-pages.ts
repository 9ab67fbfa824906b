import type { KeyDigest } from "./digest.js";
import { timeOf } from "./digest.js";
import { OURS } from "./judge-key.js";
import { openOrder, type FleetOrder } from "./protocol.js";
import { table } from "./report.js";
import { DAY_MS } from "../../../src/time/day.js";

/** The false pages of our detector from a threshold on, highest first, with what legitimately happened to the key near them. */
export function explainFalsePages(
  keys: readonly KeyDigest[],
  orders: readonly FleetOrder[],
  threshold: number,
  most: number,
): string {
  const fleets = new Map(orders.map((order) => [order.seed, openOrder(order)]));
  const pages = keys.flatMap(({ truth, detectors }) => {
    const { above, upTo, at } = detectors[OURS]!;
    return [...at.keys()]
      .filter((i) => above[i]! < threshold && upTo[i]! >= threshold)
      .map((i) => ({ truth, score: upTo[i]!, at: timeOf(at[i]!) }));
  });
  const rows = pages
    .toSorted((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ truth, score, at }) => {
      const fleet = fleets.get(truth.seed)!;
      const keyId = fleet.keys[truth.index]!.key_id;
      const near = fleet.disturbances.filter(
        (one) => one.key_id === keyId && Date.parse(one.from) <= at && Date.parse(one.to) >= at - DAY_MS,
      );
      const kinds = [...new Set(near.map(({ kind }) => kind))].join(", ");
      return [`${truth.seed}/${truth.index}`, new Date(at).toISOString().slice(0, 16), score.toFixed(1), kinds || "-"];
    });
  return table(["seed/key", "first at", "score", "what happened within a day before"], rows);
}
