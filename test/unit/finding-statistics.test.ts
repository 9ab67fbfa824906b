import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { blamedSources } from "../../src/model/finding/blamed-sources.js";
import type { Cause } from "../../src/model/finding/finding.js";
import { costOf, keysOf, parseStatistics, printStatistics } from "../../src/model/finding/finding-statistics.js";

// As checks stored them: one of each rule, fact and audit, and of each kind of leak.
const FIXTURE = join(import.meta.dirname, "../../../test/fixtures/findings/stored.ndjson");
const stored = readFileSync(FIXTURE, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { cause: Cause; statistics: string });

test("statistics that are on file are read by their cause, and stay what they are to the byte", () => {
  for (const { cause, statistics } of stored) {
    const facts = parseStatistics(cause, statistics);
    assert.equal(facts.cause, cause);
    assert.equal(printStatistics(facts), statistics);
  }
});

test("what a finding cost, which keys it is about and whom it blames is in the statistics of every cause, or is nothing", () => {
  const told = stored.map(({ cause, statistics }) => {
    const facts = parseStatistics(cause, statistics);
    const { addresses, networks } = blamedSources(facts);
    return [cause, costOf(facts), keysOf(facts).join(), addresses, networks?.join() ?? "unknown"].join(" | ");
  });
  assert.deepEqual(told, [
    "outside_allowed | 2000000 |  | 1 | 198.51.100.7/32",
    "revoked_use | 2000000 |  | 1 | 198.51.100.7/32",
    "rule | 0 |  | 0 | ",
    "rule | 0 |  | 0 | ",
    "rule | 20000000 |  | 0 | ",
    "stale_callers | 0 |  | 1 | 203.0.113.5/32",
    "leak | 128000 | a,b,c,d | 0 | 203.0.113.0/24",
    "leak | 300 |  | 2 | 198.51.100.7/32,::/128",
    "leak | 1440000 |  | 0 | ",
    "leak | 1557333 |  | 0 | ",
    "public_key | 10 |  | 1 | 198.51.100.7/32",
    "public_key | 0 |  | 0 | ",
    "scope | 0 |  | 0 | ",
    "scope | 0 |  | 0 | ",
    "scope | 0 |  | 0 | ",
    "scope | 0 |  | 0 | ",
    "scope | 0 |  | 0 | ",
  ]);
});
