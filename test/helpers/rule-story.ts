import type { KeyVersion } from "../../src/model/key/key.js";
import { toRules } from "../../src/model/key/rules-of-keys.js";
import { keyVersion } from "./key-version.js";
import { perMinute } from "./rule-traffic.js";

/** Wednesday: the story of the keys below is its third hour, and the nights of the three Wednesdays before it. */
export const T0 = Date.parse("2026-03-11T02:00:00Z");
const [MINUTE, HOUR] = [60_000, 3_600_000];
const WEEK = 168 * HOUR;

const rules = (...given: object[]) => toRules(given);
export const KEYS: readonly KeyVersion[] = [
  keyVersion({
    keyId: "*",
    rules: rules({ kind: "limit_share", percent: 75, for_minutes: 5, name: "busy" }),
  }),
  keyVersion({
    keyId: "busy",
    display: "plk_…busy",
    owner: "growth",
    limitPerMinute: 100,
    runbookUrl: "https://run.example/1",
  }),
  keyVersion({
    keyId: "own",
    limitPerMinute: 100,
    rules: rules({ kind: "limit_share", percent: 200, for_minutes: 5, name: "busy" }),
  }),
  keyVersion({ keyId: "unlimited" }),
  keyVersion({
    keyId: "dear",
    monthlyBudgetUsd: 50,
    rules: rules(
      { kind: "spend", usd: 10, per: "hour", severity: "error" },
      { kind: "spend", usd: 30, per: "day", time_zone: "Asia/Kolkata" },
      { kind: "budget_share", percent: 80, name: "budget" },
    ),
  }),
  keyVersion({
    keyId: "night",
    rules: rules({ kind: "change", percent: 20, between: "00:00-06:00", time_zone: "Europe/Berlin", weeks: 3 }),
  }),
  keyVersion({ keyId: "confined", owner: "ops", allowedCidrs: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.0/24"] }),
  keyVersion({ keyId: "gone", revokedAt: T0 - HOUR + 30_000 }),
  keyVersion({ keyId: "tried", revokedAt: T0 - HOUR }),
];

export const ofMinutes = (count: number, each: number) => Array.from({ length: count }, () => each);

/** Every rule and fact at work, each on a key that is named after it. */
export const RULE_TRAFFIC = [
  ...perMinute("busy", T0, [10, 80, 80, 75, 90, 99, 80, 10]),
  ...perMinute("own", T0, ofMinutes(60, 99)),
  ...perMinute("unlimited", T0, ofMinutes(60, 99)),
  // $20 on the day before, $0.50 a minute from 02:00.
  ...perMinute("dear", T0 - 10 * HOUR, [1], { spendMicros: 20_000_000 }),
  ...perMinute("dear", T0, ofMinutes(60, 1), { spendMicros: 500_000 }),
  // Wednesdays 00:00 to 03:00 in Berlin: 10 a minute, today 10 up to 02:30 UTC and 40 after it.
  ...[1, 2, 3].flatMap((week) => perMinute("night", T0 - 3 * HOUR - week * WEEK, ofMinutes(240, 10))),
  ...perMinute("night", T0 - 3 * HOUR, [...ofMinutes(210, 10), ...ofMinutes(30, 40)]),
  ...perMinute("confined", T0, ofMinutes(60, 50)),
  ...perMinute("confined", T0, ofMinutes(60, 50), {}, "192.0.2.200"),
  ...perMinute("confined", T0, ofMinutes(60, 50), {}, "2001:db8:7::1"),
  ...perMinute("confined", T0, ofMinutes(60, 50), {}, ""),
  ...perMinute("confined", T0 + 10 * MINUTE, ofMinutes(50, 50), { status: 403 }, "203.0.113.9"),
  ...perMinute("confined", T0 + 20 * MINUTE, [4, 5, 1, 89, 1], {}, "203.0.113.7"),
  ...perMinute("gone", T0 - 2 * HOUR, ofMinutes(61, 1)),
  ...perMinute("gone", T0 + 40 * MINUTE, [3, 1]),
  ...perMinute("tried", T0 - 2 * HOUR, ofMinutes(10, 1)),
  ...perMinute("tried", T0, ofMinutes(60, 1), { status: 401 }, "10.1.77.5"),
  ...perMinute("tried", T0 + 50 * MINUTE, [1, 1], { status: 401 }, "203.0.113.7"),
];
