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

test("in a key's first days all that is foreign to its peers as well is blamed, and not another address in what they know", () => {
  const stolen = perWindow((w) => [300, 300, 300, 300][w]!);
  const of = novelAt(["asn_cloud", "net16", "net24", "ip"], stolen);
  const own = novelAt(
    ["net24", "ip"],
    perWindow(() => 900),
  );
  const novel = {
    ...of,
    requests: of.requests.map((sums, g) => perWindow((w) => sums[w]! + own.requests[g]![w]!)),
    firstDays: { until: Number.MAX_SAFE_INTEGER, kind: "new", peers: "owner" } as const,
  };
  const tick = keyTick({ novel, expectation: null, ageDays: 0.1, requests: perWindow(() => 1200) });
  const verdict = judgeKey(tick, NO_HISTORY, thresholds(1, 10));
  assert.equal(verdict.statistics.expert, "first_days");
  assert.deepEqual(whatIsBlamed(verdict), { blamed: "sources", levels: ["asn_cloud", "net16"] });
});
