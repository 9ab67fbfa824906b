import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import { parseEvent } from "../../src/local/pagerduty/protocol.js";
import { AGAIN_PAGES } from "../helpers/again-pages.js";
import { AUDIT_PAGES } from "../helpers/audit-pages.js";
import { FACT_PAGES } from "../helpers/fact-pages.js";
import { LEAK_PAGES } from "../helpers/leak-pages.js";
import { SIGNAL_PAGES } from "../helpers/signal-pages.js";
import type { PageCase } from "../helpers/page-parts.js";
import { listFiles, readText, root } from "../helpers/source-tree.js";

const FOLDER = "test/fixtures/pages";
const cases = [...LEAK_PAGES, ...SIGNAL_PAGES, ...AGAIN_PAGES, ...FACT_PAGES, ...AUDIT_PAGES];
const fileOf = ({ name }: PageCase) => `${FOLDER}/${name}.json`;

/** A page as its file holds it: the event itself as JSON, not as text. */
function toGolden({ page }: PageCase): string {
  return `${JSON.stringify({ ...page, body: JSON.parse(page.body) as unknown }, null, 2)}\n`;
}

// UPDATE_GOLDEN_PAGES=1 writes them anew: read the difference as on-call would.
if (process.env["UPDATE_GOLDEN_PAGES"] === "1") {
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const one of cases) writeFileSync(join(root, fileOf(one)), toGolden(one));
}

describe("on-call reads, field by field, what the file says:", () => {
  for (const one of cases)
    it(one.name, () => assert.deepEqual(JSON.parse(toGolden(one)), JSON.parse(readText(fileOf(one)))));
});

test("every file belongs to a page, and every page is one that PagerDuty takes", () => {
  assert.deepEqual(listFiles(FOLDER, ".json"), cases.map(fileOf).toSorted());
  for (const { name, page } of cases) {
    const sent = JSON.stringify({ ...(JSON.parse(page.body) as object), routing_key: "R".repeat(32) });
    const parsed = parseEvent(Buffer.from(sent), false);
    assert.deepEqual(parsed.ok ? [] : parsed.errors, [], name);
  }
});

test("there is a page for every cause in every severity that it has", () => {
  const kinds = cases.map(({ page }) => {
    const { payload } = JSON.parse(page.body) as { payload?: { class?: string; severity: string } };
    return payload === undefined || page.action !== "trigger"
      ? page.action
      : `${payload.class ?? "minimal"} ${payload.severity}`;
  });
  assert.deepEqual([...new Set(kinds)].toSorted(), [
    "acknowledge",
    "coverage critical",
    "coverage error",
    "coverage warning",
    "delivery error",
    "digest critical",
    "late warning",
    "leak critical",
    "leak error",
    "leak info",
    "leak warning",
    "minimal critical",
    "outside_allowed critical",
    "outside_allowed error",
    "public_key critical",
    "resolve",
    "revoked_use critical",
    "revoked_use warning",
    "rotation_due info",
    "rotation_due warning",
    "rule critical",
    "rule error",
    "rule info",
    "rule warning",
    "scope info",
    "scope warning",
    "stale_callers warning",
  ]);
});

test("no page says a time with seconds: the query holds the exact ones", () => {
  for (const { name, page } of cases) {
    const { payload } = JSON.parse(page.body) as { payload?: { custom_details?: object; summary: string } };
    assert.doesNotMatch(JSON.stringify([payload?.summary, payload?.custom_details ?? {}]), /T\d\d:\d\d:\d\d/, name);
  }
});
