import { expect } from "../../baseline/expectation.js";
import type { Baseline } from "../../model/finding/baseline.js";
import { WINDOW_MINUTES } from "../../model/finding/window.js";
import { dayOf } from "../../time/day.js";

/** What is usual, in requests a minute; null where no baseline knows. */
export interface ExpectedCurve {
  readonly expected: readonly (number | null)[];
  /** Two of the deviations that checks reckon with below and above it: usual traffic is within in about 19 of 20 windows. */
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

const BAND_DEVIATIONS = 2;

/**
 * What checks expected of one window (index into WINDOW_MINUTES) at each of these ends (epoch ms), by the newest snapshot of a day
 * before: the deviations are those of log((requests + 1) / (expected + 1)), docs/detection.md, 4.
 */
export function expectedCurve(snapshots: readonly Baseline[], ends: readonly number[], window: number): ExpectedCurve {
  const minutes = WINDOW_MINUTES[window]!;
  const points = ends.map((end) => {
    // What ends at midnight belongs to the day that ends with it.
    const day = dayOf(end - 1);
    const snapshot = snapshots.findLast((one) => one.day < day);
    const expectation = snapshot === undefined ? null : expect(snapshot, end);
    if (expectation === null) return null;
    const requests = expectation.requests[window]!;
    const spread = Math.exp(BAND_DEVIATIONS * Math.sqrt(expectation.rateVariance[window]!));
    const perMinute = (count: number) => Math.round((Math.max(0, count) / minutes) * 100) / 100;
    return {
      expected: perMinute(requests),
      low: perMinute((requests + 1) / spread - 1),
      high: perMinute((requests + 1) * spread - 1),
    };
  });
  return {
    expected: points.map((point) => point?.expected ?? null),
    low: points.map((point) => point?.low ?? null),
    high: points.map((point) => point?.high ?? null),
  };
}
