import { OWN_TROUBLES } from "./own-troubles.js";
import { judgeCoverage, type CoverageFacts } from "../../src/detect/judge-coverage.js";
import type { CoverageProblem } from "../../src/detect/coverage-problem.js";
import { judgeChange } from "../../src/detect/rules/change.js";
import { judgeLimitShare } from "../../src/detect/rules/limit-share.js";
import { judgeOutsideAllowed } from "../../src/detect/rules/outside-allowed.js";
import { judgeRevokedUse } from "../../src/detect/rules/revoked-use.js";
import { holds, type Judgement } from "../../src/detect/rules/rule-verdict.js";
import type { SourceInHour } from "../../src/detect/rules/source-in-hour.js";
import { judgeSpendBound } from "../../src/detect/rules/spend-bound.js";
import { judgeStaleCallers } from "../../src/detect/rules/stale-callers.js";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { ruleSchema, type RuleOf } from "../../src/model/key/rule.js";
import { writeRuleFindings } from "../../src/pipeline/check/rules/write-rule-finding.js";
import { DAY, finding, HOUR, MINUTE, T } from "./incident-parts.js";
import { KEY, pageOn, type PageCase } from "./page-parts.js";

const source = (changed: Partial<SourceInHour>): SourceInHour => ({
  address: "203.0.113.7",
  asn: 64500,
  networkType: "hosting",
  firstAt: T - 40 * MINUTE,
  lastAt: T - 4 * MINUTE,
  requests: 0,
  refused: 0,
  spendMicros: 0,
  isKnown: false,
  ...changed,
});

/** What the check writes of a rule that holds for the key. */
function ruleFinding(rule: string, verdict: Judgement): Finding {
  if (!holds(verdict)) throw new Error(`rule ${rule} does not hold`);
  const subject = { keyId: KEY.keyId, observedBy: "gateway" } as const;
  return writeRuleFindings([{ subject, rule, tick: T, verdict }], new Map([[KEY.keyId, KEY]]), T + 45_000)[0]!;
}

const CHANGE = ruleSchema.parse({
  kind: "change",
  severity: "warning",
  percent: 100,
  between: "11:00-12:00",
  time_zone: "UTC",
}) as RuleOf<"change">;
const span = (weeksAgo: number, requests: number) => {
  const from = T - HOUR - weeksAgo * 7 * DAY;
  return { from, to: from + HOUR, minutes: 60, requests, observedMinutes: 60 };
};
const served = (requests: number, spendMicros: number) => [source({ requests, spendMicros })];
const RULES: readonly (readonly [string, Finding])[] = [
  [
    "limit-share-error",
    ruleFinding(
      "75 % of the limit for 3 min",
      judgeLimitShare(
        { kind: "limit_share", name: "", severity: "error", percent: 75, for_minutes: 3 },
        155,
        [120, 140, 150],
        T,
      ),
    ),
  ],
  [
    "change-warning",
    ruleFinding("+100 % from last weeks", judgeChange(CHANGE, span(0, 900), [span(1, 200), span(2, 220)])),
  ],
  [
    "spend-critical",
    ruleFinding(
      "$100 per day",
      judgeSpendBound(
        { kind: "spend", name: "", severity: "critical", usd: 100, per: "day", time_zone: "UTC" },
        null,
        130_000_000,
        T - 12 * HOUR,
      ),
    ),
  ],
  [
    "budget-share-info",
    ruleFinding(
      "80 % of the monthly budget",
      judgeSpendBound(
        { kind: "budget_share", name: "", severity: "info", percent: 80, time_zone: "UTC" },
        1000,
        850_000_000,
        T - 7 * DAY,
      ),
    ),
  ],
  ["outside-allowed-error", ruleFinding("", judgeOutsideAllowed(served(14, 200_000), KEY.allowedCidrs))],
  ["outside-allowed-critical", ruleFinding("", judgeOutsideAllowed(served(400, 9_000_000), KEY.allowedCidrs))],
  ["revoked-use-critical", ruleFinding("", judgeRevokedUse(served(3, 42_000), T - DAY))],
  ["revoked-use-warning", ruleFinding("", judgeRevokedUse([source({ refused: 7 })], T - DAY))],
  [
    "stale-callers-warning",
    ruleFinding(
      "",
      judgeStaleCallers(
        [source({ address: "198.51.100.9", asn: 64510, networkType: "business", refused: 48, isKnown: true })],
        [{ address: "198.51.100.9", userAgent: "node-sdk/12.0.3", service: "checkout" }],
        T - DAY,
        "key_new2",
      ),
    ),
  ],
];

/** All is well, as Plimsoll knows of itself. */
export const SOUND: CoverageFacts = {
  redisDownSince: null,
  awayShards: [],
  checks: { checkedUntil: T - MINUTE, recordedAt: T - MINUTE, futureUntil: null },
  unrecordedSince: null,
  sources: [],
  delivery: { waiting: 0, oldestAt: null, waitingProblem: "", failed: 0, problem: "" },
  canPage: true,
  copies: [],
  guards: [],
  unread: [],
  hasPager: true,
  unjudged: null,
  clocks: { apartMs: 0, skewed: [] },
  lost: [],
};
/** What the watch makes of a problem. */
function troubleFinding({ cause, subject, severity, since, summary, whatToDo }: CoverageProblem): Finding {
  const of = { findingId: `${cause}/${printSubject(subject)}`, keyId: null, score: 1, onset: since, signals: [] };
  return finding(severity, T, { ...of, cause, subject, summary, statistics: { what_to_do: whatToDo } });
}

/** Pages about rules and facts of a key's requests, and about Plimsoll itself. */
export const FACT_PAGES: readonly PageCase[] = [
  ...RULES.map(([name, found]) => ({ name: `rule-${name}`, page: pageOn(found) })),
  ...OWN_TROUBLES.map(([name, changed]) => {
    const [problem, ...others] = judgeCoverage({ ...SOUND, ...changed }, T);
    if (problem === undefined || others.length > 0) throw new Error(`${name}: not one problem`);
    return { name, page: pageOn(troubleFinding(problem)) };
  }),
];
