import assert from "node:assert/strict";
import { test } from "node:test";
import { adaptiveAttacker, detectabilityCard, type KnownKey } from "../../src/detect/detectability.js";
import { judgeKey } from "../../src/detect/judge-key.js";
import { thresholds } from "../../src/detect/threshold.js";
import { NO_NOVEL_TRAFFIC } from "../../src/model/finding/novelty.js";
import { perWindow } from "../../src/model/finding/window.js";
import { expecting, FROM_HOSTING, keyTick, novelAt, steady } from "../helpers/key-tick.js";

const LIMITS = thresholds(1, 10);
const clean = {
  days: Array.from({ length: 32 }, (_, i) => ({ daysAgo: i + 1, bins: [] })),
  taughtDays: 32,
  isSuspect: false,
};
const key: KnownKey = {
  expectation: expecting(10),
  churn: [],
  spendPerRequest: 2000,
  ageDays: 30,
  limitPerMinute: 1000,
  history: clean,
  heldBack: 0,
  firstDays: null,
};

test("what the card calls the smallest detectable theft is paged by the live judge, and half of it is not", () => {
  const { throughForeignNetwork } = detectabilityCard(key, LIMITS.page);
  const found = throughForeignNetwork["24h"]!;
  const severity = (rate: number) =>
    judgeKey(
      keyTick({
        requests: steady(10 + rate),
        spendMicros: steady((10 + rate) * 2000),
        spendPerRequest: 2000,
        novel: novelAt(FROM_HOSTING, steady(rate), 2000),
      }),
      clean,
      LIMITS,
    ).severity;
  assert.ok(["error", "critical"].includes(severity(found.requestsPerMinute * 1.05) ?? ""));
  assert.ok(!["error", "critical"].includes(severity(found.requestsPerMinute / 2) ?? ""));
  assert.ok(Math.abs(found.usdPerDay! / (found.requestsPerMinute * 1440 * 0.002) - 1) < 0.01);
});

test("the longer an attacker stays, the less is enough; through a known network it takes far more, and what the limit leaves may not do", () => {
  const card = detectabilityCard(key, LIMITS.page);
  const rates = (["15m", "1h", "24h"] as const).map((time) => card.throughForeignNetwork[time]!.requestsPerMinute);
  assert.deepEqual(
    rates,
    rates.toSorted((a, b) => b - a),
  );
  const known = card.throughKnownNetwork["24h"];
  assert.ok(known === null || known.requestsPerMinute > 10 * rates[2]!);
  const tight = detectabilityCard({ ...key, limitPerMinute: 12 }, LIMITS.page);
  assert.equal(tight.throughForeignNetwork["15m"], null);
  assert.match(
    adaptiveAttacker(tight, 10, "a new network"),
    /whatever its limit allows from there with the owner's program, on top of the usual 14,400\.$/,
  );
});

test("with a program of their own on the owner's host less is enough than with the owner's, and the card names the fewest refused routes that the live judge pages", () => {
  const card = detectabilityCard(key, LIMITS.page);
  const [program, known] = [card.throughUnknownProgram["24h"], card.throughKnownNetwork["24h"]];
  assert.ok(program !== null && (known === null || known.requestsPerMinute >= program.requestsPerMinute));
  const severity = (routes: number, unknown: number) =>
    judgeKey(
      keyTick({
        requests: steady(10),
        refusals: {
          requests: perWindow(() => routes),
          routes: perWindow(() => routes),
          routesOfUnknown: perWindow(() => unknown),
        },
      }),
      clean,
      LIMITS,
    ).severity;
  const isPage = (found: string | null) => found === "error" || found === "critical";
  const { fromUnknownNetwork, fromKnownNetwork } = card.exploring;
  assert.ok(fromUnknownNetwork !== null && (fromKnownNetwork === null || fromKnownNetwork >= fromUnknownNetwork));
  assert.ok(isPage(severity(fromUnknownNetwork, fromUnknownNetwork)));
  assert.ok(!isPage(severity(fromUnknownNetwork - 1, fromUnknownNetwork - 1)));
  if (fromKnownNetwork !== null)
    assert.ok(isPage(severity(fromKnownNetwork, 0)) && !isPage(severity(fromKnownNetwork - 1, 0)));
});

test("usual traffic alone is under the threshold, so that the card asks the right question", () => {
  assert.equal(
    judgeKey(keyTick({ novel: NO_NOVEL_TRAFFIC, requests: perWindow((w) => steady(10)[w]!) }), clean, LIMITS).severity,
    null,
  );
});
