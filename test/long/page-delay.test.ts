import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_TAIL } from "../../src/model/finding/fleet-day.js";
import { budgetInForce, statedBudget } from "../../src/detect/alarm-budget.js";
import { readConfig } from "../../src/config.js";
import { simulateFleet } from "../../src/local/simulator/simulate-fleet.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../src/model/finding/window.js";
import { ALL_FOUNDS } from "../bench/detection/beginning.js";
import { judgeKeyLife } from "../bench/detection/judge-key-life.js";
import { FROM } from "../bench/detection/protocol.js";
import { KeyTraffic } from "../bench/detection/traffic-of-key.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const KEYS = 40;
const HISTORY_DAYS = 20;
/** Nothing was tuned on them. */
const SEEDS = [911, 912];

/** A fleet of 40 keys with 20 days of history, and a thief who fills each key with a limit of 60 to 300 up to 80 % of it for two hours, from a hosting network. */
function robbedFleet(seed: number) {
  const span = { seed, keys: KEYS, from: FROM, to: FROM + (HISTORY_DAYS + 1) * DAY };
  const attacks = simulateFleet(span).keys.flatMap(({ key_id: keyId, limit_per_minute: limit, created_at }, i) => {
    if (limit === undefined || limit > 300 || Date.parse(created_at) > FROM) return [];
    const from = FROM + HISTORY_DAYS * DAY + (8 + (i % 12)) * HOUR;
    const size = { requestsPerMinute: 0.8 * limit, totalAtMost: 0.8 * limit, addresses: 1 };
    return [{ kind: "A", keyId, from, to: from + 2 * HOUR, origin: "hosting", ...size } as const];
  });
  return simulateFleet({ ...span, attacks });
}

test("at the default budget a fleet of 40 keys with 20 days of history pages a steady 80 of 100 from a new hosting network within 5 minutes, as a median", (t) => {
  const { page } = budgetInForce(statedBudget(readConfig({})), {
    watchedKeys: KEYS,
    learnedDays: 30,
    tail: NO_TAIL,
  }).thresholds;
  const delays: number[] = [];
  for (const seed of SEEDS) {
    const fleet = robbedFleet(seed);
    for (const { key_id: keyId, from } of fleet.labels) {
      const key = new KeyTraffic(
        fleet,
        fleet.keys.findIndex((one) => one.key_id === keyId),
      );
      const [begin, first] = [Date.parse(from), HISTORY_DAYS * SLOTS_PER_DAY];
      let pagedAt = Infinity;
      const life = { limitPerMinute: key.limitPerMinute, days: key.days(HISTORY_DAYS + 1), beginning: ALL_FOUNDS };
      judgeKeyLife(life, first, (tick, _, result) => {
        const at = FROM + (tick + 1) * SLOT_MS;
        if (at > begin && result !== null && result.value >= page) pagedAt = Math.min(pagedAt, at);
      });
      if (key.thefts().length > 0) delays.push((pagedAt - begin) / MINUTE);
    }
  }
  const sorted = delays.toSorted((a, b) => a - b);
  const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  t.diagnostic(
    `${sorted.length} thefts; minutes to the page: ${[0.5, 0.9, 0.95].map(quantile).join(", ")}; ${sorted.join(" ")}`,
  );
  assert.ok(sorted.length >= 20, `${sorted.length} thefts`);
  assert.ok(quantile(0.5) <= 5, `median ${quantile(0.5)} minutes`);
  assert.ok(quantile(0.95) <= 15, `nineteen in twenty ${quantile(0.95)} minutes`);
});
