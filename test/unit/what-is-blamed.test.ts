import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeKey } from "../../src/detect/judge-key.js";
import { NO_HISTORY } from "../../src/detect/surprise.js";
import { thresholds } from "../../src/detect/threshold.js";
import { perWindow } from "../../src/model/finding/window.js";
import { whatIsBlamed } from "../../src/pipeline/check/leak/what-is-blamed.js";
import { expecting, keyTick, novelAt } from "../helpers/key-tick.js";

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
  assert.deepEqual(whatIsBlamed(verdict), { blamed: "sources", levels: ["asn_hosting", "asn_isp"] });
});
