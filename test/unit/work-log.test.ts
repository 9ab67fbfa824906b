import assert from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "../../src/log.js";
import type { Page } from "../../src/model/incident/page.js";
import { reportPages } from "../../src/work-log.js";

const page: Page = {
  pageId: "leak/k/20260308T0200/1/trigger",
  topic: "incident",
  isMinimal: false,
  incidentId: "leak/k/20260308T0200",
  keyId: "k",
  action: "trigger",
  dedupKey: "plimsoll/leak/k/20260308T0200/1",
  severity: "critical",
  step: 1,
  place: 0,
  routingRef: null,
  body: "what the page says is not for the log",
};

/** Lines that a page's fate writes: level, message, and all of it as text. */
function linesOf(...[one, state, problem]: Parameters<ReturnType<typeof reportPages>["onTried"]>): string[] {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  reportPages({ info: write("info"), warn: write("warn"), error: write("error") } as unknown as Log).onTried(
    one,
    state,
    problem,
  );
  return lines;
}

test("the log tells a page, a notice, an acknowledgement and an end apart, and what became of each", () => {
  const startOf = (change: Partial<Page>, state: "sent" | "retrying" | "failed") =>
    linesOf({ ...page, ...change }, state, "PagerDuty answered 500")[0]?.split(" {")[0];
  assert.equal(startOf({}, "sent"), "info a page was sent");
  assert.equal(startOf({ severity: "warning" }, "sent"), "info a notice was sent");
  assert.equal(startOf({ action: "resolve" }, "sent"), "info the end of a page was sent");
  assert.equal(startOf({ action: "acknowledge" }, "sent"), "info the acknowledgement of a page was sent");
  assert.equal(startOf({}, "retrying"), "warn a page was not accepted, and will be retried");
  assert.equal(startOf({}, "failed"), "error a page was refused permanently");
});

test("a line names incident, page and dedup key, and none of the page's words", () => {
  const [line = ""] = linesOf(page, "sent", "");
  for (const id of [page.pageId, page.incidentId, page.dedupKey]) assert.ok(line.includes(`"${id}"`));
  assert.ok(!line.includes(page.body));
});
