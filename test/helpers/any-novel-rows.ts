import * as fc from "fast-check";
import type { NoveltyLevel } from "../../src/model/finding/novelty.js";
import type { NovelSeries } from "../../src/store/check/novel-series.js";

/** The hour that is judged, epoch ms. */
export const HOUR = Date.parse("2026-03-08T10:00:00Z");
export const [MINUTE, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** A day before it. */
export const START = HOUR - DAY_MS;
/** How long things are new. */
export const NEW_MS = 7 * DAY_MS;
/** Of the day before the hour and the hour. */
const MINUTES = 1500;

const LEVELS = ["asn_hosting", "asn_isp", "net16", "ip", "client", "route"] as const;
/** Levels that are asked for together. */
export const SETS: readonly (readonly NoveltyLevel[])[] = [
  ["asn_hosting", "asn_isp"],
  ["asn_isp"],
  ["ip"],
  ["client"],
  [],
];
/** Half of what happens is in the hour and the one before it. */
const minute = fc.oneof(fc.integer({ min: 0, max: MINUTES - 1 }), fc.integer({ min: MINUTES - 120, max: MINUTES - 1 }));
/** How much in which minute, counted from the start. */
export const counts = fc.dictionary(minute.map(String), fc.integer({ min: 1, max: 4 }), { minKeys: 1, maxKeys: 12 });

/** An address may come twice, from two systems, and some cease to be new before the hour or within it. */
const row = fc
  .record({
    value: fc.constantFrom("198.51.100.1", "198.51.100.2", "2001:db8::1", "203.0.113.9", "no address", "/v1/a", "curl"),
    asn: fc.integer({ min: 64500, max: 64502 }),
    networkType: fc.constantFrom("hosting" as const, "isp" as const),
    seen: fc.dictionary(fc.constantFrom(...LEVELS), fc.integer({ min: -60, max: 90 }), { minKeys: 1 }),
    traffic: counts,
  })
  .map(({ value, asn, networkType, seen, traffic }): NovelSeries => {
    const at = Object.keys(traffic).map(Number);
    return {
      keyId: "k",
      observedBy: "gateway",
      value,
      network: "",
      asn,
      networkType,
      usedAt: START - 1,
      firstDays: null,
      levels: Object.keys(seen) as NoveltyLevel[],
      seenAt: Object.values(seen).map((minutes) => HOUR - NEW_MS + minutes * MINUTE),
      at,
      requests: Object.values(traffic),
      spendMicros: at.map((one) => traffic[one]! * 7),
    };
  });
/** Rows of one key. */
export const rows = fc.array(row, { maxLength: 12 });
/** Ticks in any order, and how many minutes before each something began. */
export const asked = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1440 })), {
  maxLength: 6,
});
