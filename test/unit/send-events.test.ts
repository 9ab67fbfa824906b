import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { judgeAnswer, nextWaitMs, parseRetryAfter } from "../../src/import/judge-answer.js";
import { SendError, sendEvents } from "../../src/import/send-events.js";
import type { Batch } from "../../src/import/split-batches.js";
import { Secret } from "../../src/secret.js";

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Cut the connection after the whole request was read. */
  readonly cut?: boolean;
}

const taken = (accepted: number, more: object = {}): Reply => ({
  status: 202,
  body: { accepted, rejected: 0, errors: [], batch: "b", repeated: false, ...more },
});
const batch = (...ids: string[]): Batch => ({
  body: ids.map((id) => `${JSON.stringify({ id })}\n`).join(""),
  events: ids.length,
});
const token = new Secret("a-token-of-a-test-1");
const patience = { unreachableMs: 2000, busyMs: 2000 };

/** An HTTP server that gives the replies one after the other and keeps what it was asked. */
async function openIngest(t: TestContext, replies: readonly Reply[]) {
  const asked: { headers: IncomingHttpHeaders; path: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const reply = replies[asked.length];
      asked.push({ headers: request.headers, path: request.url ?? "", body });
      if (reply === undefined || reply.cut === true) return void request.socket.destroy();
      response.writeHead(reply.status, reply.headers);
      response.end(reply.body === undefined ? "" : JSON.stringify(reply.body));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe("sending to ingest", () => {
  it("counts what ingest said, with its reasons", async (t) => {
    const errors = [{ line: 2, reason: "too_old" }];
    const ingest = await openIngest(t, [taken(1, { rejected: 1, errors }), taken(1, { repeated: true })]);
    const totals = await sendEvents([batch("a", "b"), batch("c")], { url: ingest.url, token, ...patience });
    const reasons = new Map([["too_old", 1]]);
    assert.deepEqual(totals, {
      batches: 2,
      repeatedBatches: 1,
      repeatedEvents: 1,
      sent: 3,
      accepted: 2,
      rejected: 1,
      reasons,
      warnings: new Map(),
    });
    assert.equal(ingest.asked[0]?.headers.authorization, "Bearer a-token-of-a-test-1");
    assert.equal(ingest.asked[0]?.headers["content-type"], "application/x-ndjson");
    assert.equal(ingest.asked[0]?.path, "/v1/events");
  });

  it("repeats a batch whose answer got lost under the same idempotency key, and no other batch under it", async (t) => {
    const ingest = await openIngest(t, [{ status: 0, cut: true }, taken(1), taken(1)]);
    await sendEvents([batch("a"), batch("b")], { url: ingest.url, token, ...patience });
    const keys = ingest.asked.map(({ headers }) => headers["idempotency-key"]);
    assert.equal(keys[0], keys[1]);
    assert.notEqual(keys[1], keys[2]);
  });

  it("waits as long as 429 and 503 ask for, and then delivers", async (t) => {
    const wait: Reply = { status: 429, headers: { "retry-after": "1" } };
    const ingest = await openIngest(t, [wait, { status: 503, headers: { "retry-after": "0" } }, taken(1)]);
    const startedAt = Date.now();
    const totals = await sendEvents([batch("a")], { url: ingest.url, token, ...patience });
    assert.equal(totals.accepted, 1);
    assert.ok(Date.now() - startedAt >= 1000);
  });

  it("goes on after a batch of which nothing was acceptable", async (t) => {
    const refused: Reply = { status: 400, body: { error: "none", errors: [{ line: 1, reason: "bad_ts" }] } };
    const ingest = await openIngest(t, [refused, taken(1)]);
    const totals = await sendEvents([batch("a"), batch("b")], { url: ingest.url, token, ...patience });
    assert.deepEqual([totals.sent, totals.accepted, totals.rejected], [2, 1, 1]);
  });

  it("halves a batch that is too large for something on the way, down to single events", async (t) => {
    const large: Reply = { status: 413 };
    const ingest = await openIngest(t, [large, taken(2), large]);
    const totals = await sendEvents([batch("a", "b", "c")], { url: ingest.url, token, ...patience });
    assert.deepEqual([totals.sent, totals.accepted, totals.rejected], [3, 2, 1]);
    assert.deepEqual(
      ingest.asked.map(({ body }) => body.split("\n").length - 1),
      [3, 2, 1],
    );
  });

  for (const status of [401, 403, 302]) {
    it(`stops at once at ${status}, with the token in no message`, async (t) => {
      const ingest = await openIngest(t, [{ status, headers: { location: "http://127.0.0.1:1/" } }]);
      const sending = sendEvents([batch("a"), batch("b")], { url: ingest.url, token, ...patience });
      await assert.rejects(sending, (error: unknown) => {
        assert.ok(error instanceof SendError);
        assert.equal(error.kind, "refused_sender");
        assert.doesNotMatch(`${error.message} ${error.stack}`, /a-token-of-a-test/);
        return true;
      });
      assert.equal(ingest.asked.length, 1);
    });
  }

  it("gives up on a server that is not there after its patience, and says so without the URL's password", async () => {
    const options = { url: "http://127.0.0.1:1", token, unreachableMs: 300, busyMs: 0 };
    await assert.rejects(sendEvents([batch("a")], options), (error: unknown) => {
      assert.ok(error instanceof SendError);
      assert.equal(error.kind, "unreachable");
      assert.equal(error.totals.sent, 0);
      return true;
    });
    const withPassword = { ...options, url: "http://me:hunter2hunter2@127.0.0.1:1", unreachableMs: 0 };
    await assert.rejects(sendEvents([batch("a")], withPassword), (error: Error) => !/hunter2/.test(error.message));
  });
});

describe("the wait before the next try", () => {
  it("is never shorter than asked for, never much above a minute, and differs between senders", () => {
    assert.equal(nextWaitMs(1, 5000, 0), 5000);
    assert.equal(nextWaitMs(1, 3_600_000, 0), 60_000);
    assert.ok(nextWaitMs(1, 3_600_000, 0.999) <= 75_000);
    assert.notEqual(nextWaitMs(3, null, 0.1), nextWaitMs(3, null, 0.9));
  });

  it("grows when nobody says how long, up to ten seconds", () => {
    assert.deepEqual(
      [1, 2, 3, 40].map((attempt) => nextWaitMs(attempt, null, 0)),
      [250, 500, 1000, 10_000],
    );
  });

  it("reads Retry-After as seconds or as a date", () => {
    const now = Date.parse("2026-03-08T02:00:00Z");
    assert.equal(parseRetryAfter("7", now), 7000);
    assert.equal(parseRetryAfter("Sun, 08 Mar 2026 02:00:09 GMT", now), 9000);
    assert.equal(parseRetryAfter("soon", now), null);
    assert.equal(parseRetryAfter(null, now), null);
  });
});

describe("the verdict on an answer", () => {
  for (const [status, verdict] of [
    [202, "taken"],
    [400, "refused_batch"],
    [413, "split"],
    [429, "busy"],
    [503, "busy"],
    [408, "unreachable"],
    [500, "unreachable"],
    [502, "unreachable"],
    [200, "refused_sender"],
    [401, "refused_sender"],
    [404, "refused_sender"],
    [415, "refused_sender"],
  ] as const) {
    it(`${status} is ${verdict}`, () => assert.equal(judgeAnswer(status), verdict));
  }
});
