import { test } from "node:test";
import { assertBacktestEqualsLive } from "../helpers/backtest-and-live.js";

test("over 20 keys, a day, 3 thefts and 1 % late events of other keys a backtest tells what serve and the live jobs told", async (t) =>
  assertBacktestEqualsLive(t, {
    keys: 20,
    hours: 24,
    thefts: [
      { key: 1, fromHour: 3, toHour: 5, perMinute: 90, addresses: 1 },
      { key: 6, fromHour: 20, toHour: 22, perMinute: 100, addresses: 2 },
      { key: 10, fromHour: 12, toHour: 15, perMinute: 60, addresses: 3 },
    ],
  }));
