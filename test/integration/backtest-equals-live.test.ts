import { test } from "node:test";
import { assertBacktestEqualsLive } from "../helpers/backtest-and-live.js";

test("over 8 keys, 2 hours, 2 thefts and 1 % late events of other keys a backtest tells what serve and the live jobs told: the same incidents, steps, severities and onsets, and the same minutes", async (t) =>
  assertBacktestEqualsLive(t, {
    keys: 8,
    hours: 2,
    thefts: [
      { key: 1, fromHour: 0.25, toHour: 1.25, perMinute: 90, addresses: 1 },
      { key: 6, fromHour: 1, toHour: 2, perMinute: 100, addresses: 2 },
    ],
  }));
