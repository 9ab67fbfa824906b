import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeChange, type ObservedSpan } from "../../src/detect/rules/change.js";
import { judgeLimitShare } from "../../src/detect/rules/limit-share.js";
import { judgeOutsideAllowed, OUTSIDE_ALLOWED_BOUND } from "../../src/detect/rules/outside-allowed.js";
import { judgeRevokedUse } from "../../src/detect/rules/revoked-use.js";
import { holds, type Judgement } from "../../src/detect/rules/rule-verdict.js";
import type { SourceInHour } from "../../src/detect/rules/source-in-hour.js";
import { judgeSpendBound } from "../../src/detect/rules/spend-bound.js";
import { readText } from "../helpers/source-tree.js";
import { ruleSchema, type RuleOf } from "../../src/model/key/rule.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string) => Date.parse(text);
const rule = <Kind extends "limit_share" | "change" | "spend" | "budget_share">(
  given: { readonly kind: Kind } & Readonly<Record<string, unknown>>,
) => ruleSchema.parse(given) as RuleOf<Kind>;
const isHeld = (judgement: Judgement) => holds(judgement);

describe("limit_share", () => {
  const busy = rule({ kind: "limit_share", percent: 75, for_minutes: 5 });
  const judge = (minutes: number[], limit: number | null = 100) => judgeLimitShare(busy, limit, minutes, 10 * HOUR);

  it("holds when every minute is at or above the share, and not when one is below it", () => {
    assert.equal(isHeld(judge([75, 80, 99, 100, 75])), true);
    assert.equal(isHeld(judge([75, 80, 74, 100, 5000])), false);
  });

  it("says by how much, since when, and against what", () => {
    const verdict = judge([90, 95, 100, 90, 99]);
    assert.ok(holds(verdict));
    assert.deepEqual([verdict.score, verdict.severity, verdict.onset], [1.2, "warning", 10 * HOUR - 5 * MINUTE]);
    assert.equal(verdict.what, "90 to 100 requests/min in each of 5 minutes");
    assert.equal(verdict.against, "the rule is 75 % of the limit of 100");
  });

  it("is not evaluated where the limit is not known", () => {
    assert.deepEqual(judge([99, 99, 99, 99, 99], null), { notEvaluated: "limit_per_minute of the key is unknown" });
  });
});

describe("change", () => {
  const night = rule({ kind: "change", percent: 20, between: "00:00-06:00", time_zone: "Europe/Berlin" });
  const span = (requests: number, minutes = 240, observed = minutes): ObservedSpan => ({
    from: 0,
    to: minutes * MINUTE,
    requests,
    minutes,
    observedMinutes: observed,
  });
  const usual = [span(1000), span(1100), span(900), span(1000)];

  it("holds from the bound on, up or down", () => {
    assert.equal(isHeld(judgeChange(night, span(1200), usual)), true);
    assert.equal(isHeld(judgeChange(night, span(1199), usual)), false);
    const halved = rule({ ...night, percent: -50 });
    assert.equal(isHeld(judgeChange(halved, span(500), usual)), true);
    assert.equal(isHeld(judgeChange(halved, span(501), usual)), false);
    assert.equal(isHeld(judgeChange(halved, span(1200), usual)), false);
  });

  it("says nothing of a handful of requests", () => {
    assert.equal(judgeChange(night, span(99), [span(1), span(2)]), null);
    assert.equal(isHeld(judgeChange(night, span(100), [span(1), span(2)])), true);
    assert.equal(judgeChange(rule({ ...night, percent: -50 }), span(0), [span(99), span(99)]), null);
  });

  it("leaves out past weeks that were not heard, and needs two that were", () => {
    const unobserved = span(0, 240, 20);
    assert.equal(isHeld(judgeChange(night, span(1100), [unobserved, span(1000), unobserved, span(1000)])), false);
    assert.deepEqual(judgeChange(night, span(5000), [unobserved, span(1000), unobserved, unobserved]), {
      notEvaluated: "1 of the past weeks can be compared, at least 2 are needed",
    });
    assert.deepEqual(judgeChange(night, span(5000), []), {
      notEvaluated: "0 of the past weeks can be compared, at least 2 are needed",
    });
    // A fall is not told where it is the senders that fell silent.
    const halved = rule({ ...night, percent: -50 });
    assert.deepEqual(judgeChange(halved, span(0, 240, 100), usual), {
      notEvaluated: "too few minutes of the span have data",
    });
  });

  it("takes fleets that are heard in few minutes for what they are", () => {
    const sparse = (requests: number) => span(requests, 240, 60);
    assert.equal(isHeld(judgeChange(night, sparse(1300), [sparse(1000), sparse(1000)])), true);
  });
});

describe("spend and budget_share", () => {
  it("hold from the bound on, and say what was spent since when", () => {
    const dear = rule({ kind: "spend", usd: 100, per: "day", severity: "error" });
    assert.equal(judgeSpendBound(dear, null, 99_999_999, 0), null);
    const verdict = judgeSpendBound(dear, null, 130_000_000, at("2026-03-08"));
    assert.ok(holds(verdict));
    assert.deepEqual([verdict.score, verdict.severity], [1.3, "error"]);
    assert.equal(verdict.what, "$130.00 spent since 2026-03-08 00:00 UTC");
    assert.equal(verdict.against, "the rule is $100.00 a day");
  });

  it("compare with the budget that is on file, and say so where there is none", () => {
    const most = rule({ kind: "budget_share", percent: 80 });
    assert.equal(judgeSpendBound(most, 500, 399_000_000, 0), null);
    assert.equal(isHeld(judgeSpendBound(most, 500, 400_000_000, 0)), true);
    assert.equal(judgeSpendBound(most, 0, 0, 0), null);
    assert.equal(isHeld(judgeSpendBound(most, 0, 1, 0)), true);
    assert.deepEqual(judgeSpendBound(most, null, 1e12, 0), {
      notEvaluated: "monthly_budget_usd of the key is unknown",
    });
  });
});

describe("facts that page without a rule", () => {
  const source = (changed: Partial<SourceInHour>): SourceInHour => ({
    address: "203.0.113.7",
    asn: 64_500,
    networkType: "hosting",
    firstAt: 0,
    lastAt: 0,
    requests: 0,
    refused: 0,
    spendMicros: 0,
    isKnown: false,
    ...changed,
  });
  const outside = (...sources: SourceInHour[]) => judgeOutsideAllowed(sources, ["10.0.0.0/8"])?.severity ?? null;
  const revoked = (...sources: SourceInHour[]) => judgeRevokedUse(sources, 0)?.severity ?? null;

  it("service outside the allowed networks pages from ten requests or a dollar in an hour, and is critical at ten times that", () => {
    assert.deepEqual(
      [[9], [10], [99], [100], [1, 999_999], [1, 1_000_000], [1, 10_000_000]].map(([requests = 0, spendMicros = 0]) =>
        outside(source({ requests, spendMicros })),
      ),
      [null, "error", "error", "critical", null, "error", "critical"],
    );
    assert.equal(outside(source({ requests: 5 }), source({ address: "203.0.113.8", requests: 5 })), "error");
  });

  it("whoever tells of service outside the allowed networks names the rule's own bound", () => {
    for (const file of ["README.md", "docs/rules.md"])
      assert.ok(readText(file).includes(`from ${OUTSIDE_ALLOWED_BOUND}`), file);
  });

  it("one request served to a revoked key is critical; refused ones only from networks that it never used, as a notice", () => {
    assert.equal(revoked(source({ requests: 1, isKnown: true })), "critical");
    assert.equal(revoked(source({ refused: 50, isKnown: true })), null);
    assert.equal(revoked(source({ refused: 1 })), "warning");
    assert.equal(revoked(source({ refused: 50 }), source({ requests: 1, isKnown: true })), "critical");
    assert.equal(revoked(), null);
  });
});
