import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import { startPagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import type { PagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import type { AlertAction, DeliveryVerdict, Page } from "../../src/model/incident/page.js";
import { toPagerDutyEvent } from "../../src/page/pagerduty-event.js";
import { openPagerDutyPager } from "../../src/page/pagerduty-pager.js";
import type { PagerDutyPager } from "../../src/page/pagerduty-pager.js";
import { Secret } from "../../src/secret.js";

const routingKey = "0123456789abcdefABCDEF0123456789";
// Long enough for a busy machine to answer, short enough to wait for what hangs.
const timeoutMs = 1_000;

const page = (action: AlertAction, dedupKey: string): Page => ({
  pageId: "p1",
  topic: "incident",
  isMinimal: false,
  incidentId: "i1",
  keyId: "k1",
  action,
  dedupKey,
  severity: "critical",
  step: 1,
  place: 0,
  routingRef: null,
  body: toPagerDutyEvent({
    action,
    dedupKey,
    summary: "Key k1 is used by somebody else",
    source: "k1",
    severity: "critical",
    at: 0,
    customDetails: {},
    links: [],
    client: "Plimsoll",
  }),
});

type Expected = Pick<DeliveryVerdict, "kind" | "status"> & { readonly retryAfterMs?: number | null };

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;

describe("the PagerDuty pager", () => {
  let receiver: PagerDutyReceiver;
  let pager: PagerDutyPager;
  const open = (overrides: { eventsHost?: string; routingKey?: Secret } = {}) =>
    openPagerDutyPager({
      routingKey: new Secret(routingKey),
      eventsHost: receiver.host,
      agentOptions: { ca: receiver.ca },
      timeoutMs,
      ...overrides,
    });

  before(async () => void (receiver = await startPagerDutyReceiver()));
  after(() => receiver.stop());
  beforeEach(() => void (pager = open()));
  afterEach(() => pager.close());

  const table: readonly [string, Answer, Expected, RegExp?][] = [
    ["an accepted event is sent", "accept", { kind: "sent", status: 202 }],
    [
      "an event that PagerDuty finds invalid is refused, with its reasons",
      "bad-request",
      { kind: "refused", status: 400 },
      /on demand/,
    ],
    ["a rate limit is tried again", "rate-limited", { kind: "retry", status: 429, retryAfterMs: null }, /rate limit/],
    [
      "a rate limit is tried again when it says so",
      "rate-limited-retry-after",
      { kind: "retry", status: 429, retryAfterMs: 7_000 },
    ],
    ["an internal error is tried again", "server-error", { kind: "retry", status: 500, retryAfterMs: null }],
    [
      "a gateway's web page is tried again, with its status",
      "bad-gateway-html",
      { kind: "retry", status: 502, retryAfterMs: null },
    ],
    [
      "an acceptance without its JSON is tried again",
      "accepted-empty",
      { kind: "retry", status: 202, retryAfterMs: null },
    ],
    ["a redirect is not followed", "redirect", { kind: "retry", status: 307, retryAfterMs: null }, /not followed/],
    ["a cut connection is tried again", "reset", { kind: "retry", status: 0, retryAfterMs: null }, /ECONNRESET/],
    ["a PagerDuty that hangs is tried again", "hang", { kind: "retry", status: 0, retryAfterMs: null }, /within 1 s/],
    [
      "an answer that never ends is tried again",
      "slow-body",
      { kind: "retry", status: 202, retryAfterMs: null },
      /within 1 s/,
    ],
    ["a request timeout is tried again", { status: 408 }, { kind: "retry", status: 408, retryAfterMs: null }],
    ["too early is tried again", { status: 425 }, { kind: "retry", status: 425, retryAfterMs: null }],
    ["a missing address is refused", { status: 404 }, { kind: "refused", status: 404 }],
    [
      "maintenance is tried again when it says so",
      { status: 503, headers: { "retry-after": "120" } },
      { kind: "retry", status: 503, retryAfterMs: 120_000 },
    ],
  ];
  for (const [name, answer, expected, pattern] of table) {
    test(`${name}, by one request that leaves no timer`, async () => {
      const timersBefore = timers();
      const requestsBefore = receiver.received.length;
      receiver.answerNext(answer);
      const verdict = await pager.send(page("trigger", name));
      const { problem, ...rest } = { problem: "", ...verdict };
      assert.deepEqual(rest, expected);
      assert.match(problem, pattern ?? /^/);
      assert.equal(problem === "", verdict.kind === "sent");
      // The next page arrives after any second try that pdjs might make of this one.
      await pager.send(page("trigger", "next"));
      assert.equal(receiver.received.length - requestsBefore, 2);
      assert.equal(timers(), timersBefore);
    });
  }

  test("a page repeated after a lost answer opens one alert, which its resolve closes", async () => {
    receiver.answerNext("accepted-empty");
    assert.equal((await pager.send(page("trigger", "once"))).kind, "retry");
    assert.equal((await pager.send(page("trigger", "once"))).kind, "sent");
    const openOnce = () => receiver.openAlerts().filter((alert) => alert.dedupKey === "once");
    assert.deepEqual(
      openOnce().map((alert) => alert.triggers),
      [2],
    );
    assert.equal((await pager.send(page("acknowledge", "once"))).kind, "sent");
    assert.equal(openOnce()[0]?.acknowledged, true);
    assert.equal((await pager.send(page("resolve", "once"))).kind, "sent");
    assert.deepEqual(openOnce(), []);
  });

  test("the resolve of an alert that nobody knows is sent, and changes nothing", async () => {
    const known = receiver.openAlerts();
    assert.equal((await pager.send(page("resolve", "never triggered"))).kind, "sent");
    assert.deepEqual(receiver.openAlerts(), known);
  });

  test("the routing key is in no problem, even when the answer repeats it", async () => {
    const echo = JSON.stringify({ message: `no such key: ${routingKey}`, errors: [routingKey] });
    receiver.answerNext(
      { status: 400, body: echo },
      { status: 500, body: echo },
      { status: 403, body: `<p>${routingKey}` },
    );
    for (let request = 0; request < 3; request += 1) {
      assert.doesNotMatch(JSON.stringify(await pager.send(page("trigger", "echo"))), new RegExp(routingKey));
    }
  });

  test("a malformed routing key is refused, and not shown", async () => {
    const other = open({ routingKey: new Secret("u+rest-api-key-pasted-by-mistake") });
    const verdict = await other.send(page("trigger", "malformed"));
    other.close();
    assert.equal(verdict.kind, "refused");
    assert.match(JSON.stringify(verdict), /non-alphanumerics/);
    assert.doesNotMatch(JSON.stringify(verdict), /pasted-by-mistake/);
  });

  test("a certificate that nobody vouches for is not trusted with the routing key", async () => {
    const known = receiver.received.length;
    const strict = openPagerDutyPager({ routingKey: new Secret(routingKey), eventsHost: receiver.host });
    const verdict = await strict.send(page("trigger", "untrusted"));
    strict.close();
    assert.equal(verdict.kind, "retry");
    assert.equal(receiver.received.length, known);
  });

  test("a PagerDuty that cannot be reached is tried again", async () => {
    const gone = await startPagerDutyReceiver();
    await gone.stop();
    const other = open({ eventsHost: gone.host });
    const verdict = await other.send(page("trigger", "unreachable"));
    other.close();
    assert.deepEqual({ ...verdict, problem: "" }, { kind: "retry", status: 0, problem: "", retryAfterMs: null });
  });

  test("a shutdown ends a page under way, to be tried again", async () => {
    const shutdown = new AbortController();
    const verdict = pager.send(page("trigger", "shutdown"), shutdown.signal);
    shutdown.abort();
    assert.match(JSON.stringify(await verdict), /"retry".*stopped before/);
    assert.match(
      JSON.stringify(await pager.send(page("trigger", "shutdown"), shutdown.signal)),
      /"retry".*stopped before/,
    );
  });

  test("a body that is not JSON is refused without a request", async () => {
    const known = receiver.received.length;
    const verdict = await pager.send({ ...page("trigger", "broken"), body: "{" });
    assert.equal(verdict.kind, "refused");
    assert.equal(receiver.received.length, known);
  });
});
