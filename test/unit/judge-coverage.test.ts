import assert from "node:assert/strict";
import { test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { judgeCoverage, type CoverageFacts } from "../../src/detect/judge-coverage.js";
import { HOUR, MINUTE, T } from "../helpers/incident-parts.js";

const WELL: CoverageFacts = {
  redisDownSince: null,
  awayShards: [],
  checks: { checkedUntil: T - MINUTE, recordedAt: T - 20_000, futureUntil: null },
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
const source = (name: string, silentMs: number, longestGapMs = MINUTE, minutes = 500) => ({
  source: name,
  observedUntil: T - silentMs,
  ingestedAt: T - silentMs,
  minutes,
  longestGapMs,
  aheadMs: 0,
});
const guard = (changed: Partial<CoverageFacts["guards"][number]>) => ({
  guard: "edge",
  waiting: 1,
  waitingUndos: 0,
  oldestAt: T,
  waitingProblem: "",
  failed: 0,
  problem: "",
  ...changed,
});
const unread = (changed: Partial<CoverageFacts["unread"][number]>) => ({
  provider: "openai",
  report: "usage",
  since: T - 30 * MINUTE,
  lastAt: T - MINUTE,
  problem: "HTTP 401",
  wasRead: false,
  ...changed,
});

test("what keeps Plimsoll from seeing or telling is named, and of what follows from another only the other", () => {
  const late = { waiting: 3, oldestAt: T - 6 * MINUTE, waitingProblem: "", failed: 0, problem: "" };
  const table: [string, Partial<CoverageFacts>, string[]][] = [
    ["all is well", {}, []],
    ["before the first check", { checks: null }, []],
    [
      "checks stand still",
      { checks: { checkedUntil: T - 5 * MINUTE, recordedAt: T - 5 * MINUTE, futureUntil: null } },
      ["part/checks"],
    ],
    ["checks catch up", { checks: { checkedUntil: T - 5 * HOUR, recordedAt: T - MINUTE, futureUntil: null } }, []],
    ["Redis is being restarted", { redisDownSince: T - 50_000 }, []],
    [
      "Redis is away, and with it the sources",
      { redisDownSince: T - MINUTE, sources: [source("a", HOUR)] },
      ["part/redis"],
    ],
    ["nothing is recorded", { unrecordedSince: T - 6 * MINUTE, sources: [source("a", HOUR)] }, ["part/recording"]],
    ["batches wait a little", { unrecordedSince: T - 4 * MINUTE }, []],
    ["one of two sources is silent", { sources: [source("a b", 5 * MINUTE), source("c", MINUTE)] }, ["source/a%20b"]],
    ["silent for less", { sources: [source("a", 4.9 * MINUTE)] }, []],
    ["as silent as it often is", { sources: [source("a", 50 * MINUTE, 30 * MINUTE)] }, []],
    ["more silent than it ever is", { sources: [source("a", 61 * MINUTE, 30 * MINUTE)] }, ["source/a"]],
    ["a new one that is silent for a while", { sources: [source("a", 29 * MINUTE, MINUTE, 29)] }, []],
    ["a new one that fell silent", { sources: [source("a", 30 * MINUTE, MINUTE, 5)] }, ["source/a"]],
    ["one that somebody tried", { sources: [source("a", HOUR, MINUTE, 4)] }, []],
    ["a guard does not answer", { guards: [guard({ oldestAt: T - 5 * MINUTE })] }, ["part/guard%2Fedge"]],
    ["a guard has a hiccup", { guards: [guard({ oldestAt: T - 4.9 * MINUTE })] }, []],
    [
      "a guard refused a call: its incident says so",
      { guards: [guard({ waiting: 0, oldestAt: null, failed: 1 })] },
      [],
    ],
    ["a provider's report was never read", { unread: [unread({})] }, ["source/provider%2Fopenai"]],
    [
      "one that fell silent and cannot be read is one problem",
      { unread: [unread({ wasRead: true })], sources: [source("provider/openai", HOUR)] },
      ["source/provider%2Fopenai"],
    ],
    [
      "two reports of one provider are one problem",
      { unread: [unread({}), unread({ report: "costs" })] },
      ["source/provider%2Fopenai"],
    ],
    ["a report failed twice", { unread: [unread({ since: T - 29 * MINUTE })] }, []],
    ["a credential was removed: nobody asks any more", { unread: [unread({ lastAt: T - 25 * MINUTE })] }, []],
    ["pages wait", { delivery: late }, ["part/pagerduty"]],
    ["pages were refused", { delivery: { ...WELL.delivery, failed: 1, problem: "no such key" } }, ["part/pagerduty"]],
    ["pages wait, as nobody is to be paged", { delivery: late, canPage: false }, []],
    ["a ClickHouse server is being restarted", { awayShards: [{ number: 2, of: 3, since: T - 50_000 }] }, []],
    [
      "a ClickHouse server of three is away: its events wait, and who is silent cannot be said",
      {
        awayShards: [{ number: 2, of: 3, since: T - HOUR }],
        unrecordedSince: T - HOUR,
        sources: [source("a", HOUR)],
        delivery: late,
      },
      ["part/clickhouse-2", "part/pagerduty"],
    ],
    [
      "a ClickHouse server is away, and the checks of the others' keys stand still",
      {
        awayShards: [{ number: 2, of: 3, since: T - HOUR }],
        checks: { checkedUntil: T - HOUR, recordedAt: T - HOUR, futureUntil: null },
      },
      ["part/clickhouse-2", "part/checks"],
    ],
    ["Redis is away and pages wait", { redisDownSince: T - HOUR, delivery: late }, ["part/redis", "part/pagerduty"]],
  ];
  for (const [name, facts, subjects] of table) {
    const found = judgeCoverage({ ...WELL, ...facts }, T);
    assert.deepEqual(
      found.map(({ subject }) => printSubject(subject)),
      subjects,
      name,
    );
  }
});

test("the sentence names the source, since when, and what follows", () => {
  const [blind] = judgeCoverage({ ...WELL, sources: [source("gateway-eu", 6 * MINUTE)] }, T);
  assert.equal(
    blind?.summary,
    "Blind to gateway-eu: silent for 6 minutes; keys whose traffic it reports are not watched",
  );
  assert.equal(blind?.since, T - 6 * MINUTE);
});
