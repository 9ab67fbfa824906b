import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeKey } from "../../src/detect/judge-key.js";
import { NO_HISTORY } from "../../src/detect/surprise.js";
import { thresholds } from "../../src/detect/threshold.js";
import type { NoveltyLevel } from "../../src/model/finding/novelty.js";
import { perWindow } from "../../src/model/finding/window.js";
import { whatIsBlamed } from "../../src/pipeline/check/leak/blamed-traffic.js";
import type { Newcomer } from "../../src/pipeline/check/leak/newcomers.js";
import { expecting, keyTick, novelAt } from "../helpers/key-tick.js";

const TICK = Date.parse("2026-03-11T14:15:00Z");

const newcomer = (level: NoveltyLevel, value: string): Newcomer => ({
  keyId: "k",
  observedBy: "gateway",
  level,
  value,
  asn: 1,
  networkType: "hosting",
  seenAt: TICK - 900_000,
  at: [1430],
  requests: [100],
  spendMicros: [0],
});

test("who comes from a hoster and from somebody's line at once is blamed at both, and a network that the key moved to is not", () => {
  // An hour of eighty a minute from each of two systems, on top of ten of its own.
  const stolen = perWindow((w) => [1200, 4800, 4800, 4800][w]!);
  const [hoster, line] = [novelAt(["asn_hosting"], stolen), novelAt(["asn_isp"], stolen)];
  const both = {
    ...hoster,
    requests: hoster.requests.map((of, g) => perWindow((w) => of[w]! + line.requests[g]![w]!)),
    slots: hoster.slots.map((of, g) => perWindow((w) => of[w]! + line.slots[g]![w]!)),
  };
  const usual = expecting(10);
  const tick = keyTick({
    novel: both,
    expectation: usual,
    requests: perWindow((w) => usual.requests[w]! + 2 * stolen[w]!),
  });
  const verdict = judgeKey(tick, NO_HISTORY, thresholds(1, 10));
  const newcomers = [
    newcomer("asn_hosting", "5.9.0.1"),
    newcomer("asn_isp", "164.90.1.7"),
    newcomer("asn_cloud", "10.0.0.1"),
    newcomer("ip", "192.0.2.1"),
  ];
  const blame = whatIsBlamed({ verdict, tick: TICK, baseline: null, newcomers, refusedSources: [] });
  assert.equal(blame.blamed, "sources");
  assert.deepEqual(
    blame.newcomers.map(({ value }) => value),
    ["5.9.0.1", "164.90.1.7"],
  );
});
