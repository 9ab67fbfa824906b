import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test, type TestContext } from "node:test";
import { fastify } from "fastify";
import { expressMiddleware, fastifyPlugin } from "../../src/send/middleware.js";
import { openSender, type SentEvent } from "../../src/send/send.js";
import { until } from "../helpers/until.js";

interface Received {
  readonly key: string;
  readonly events: readonly SentEvent[];
}

/** An ingest that answers as it is told, in turn, then 202. */
async function openReceiver(t: TestContext, ...answers: number[]) {
  const received: Received[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const events = body.split("\n").map((line) => JSON.parse(line) as SentEvent);
    received.push({ key: String(request.headers["idempotency-key"]), events });
    const status = answers.shift() ?? 202;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(status === 202 ? { accepted: events.length } : { error: "no" }));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const event = (more: object = {}): SentEvent => ({ key_id: "k", ts: "2026-03-08T02:11:00Z", ...more });

test("events go in batches, a repeat after a bad answer carries the same key, and each is counted once", async (t) => {
  const { url, received } = await openReceiver(t, 503, 413);
  const problems: string[] = [];
  const sender = openSender({ url, token: "t", flushMs: 5, onProblem: (problem) => problems.push(problem) });
  for (let n = 0; n < 4; n += 1) sender.record(event({ id: `e${n}` }));
  await until("all are accepted", () => sender.stats().accepted === 4);
  assert.deepEqual(
    received.map(({ events }) => events.length),
    [4, 4, 2, 2],
  );
  assert.equal(received[0]!.key, received[1]!.key);
  assert.equal(new Set(received.slice(1).map(({ key }) => key)).size, 3);
  assert.deepEqual(problems, ["Plimsoll answers 503"]);
  await sender.close();
  assert.deepEqual(sender.stats(), { recorded: 4, accepted: 4, rejected: 0, dropped: 0, waiting: 0 });
});

test("nothing throws into the caller, and memory is bounded where nobody answers", async () => {
  const refuse = () => {
    throw new Error("the caller's own");
  };
  const sender = openSender({ url: "http://127.0.0.1:9", token: "t", flushMs: 5, maxEvents: 10, onProblem: refuse });
  const loop: SentEvent = event();
  loop["self"] = loop;
  sender.record(loop);
  sender.record({ ...event(), count: 1n as never });
  for (let n = 0; n < 50; n += 1) sender.record(event());
  await until("it tried", () => sender.stats().waiting === 10);
  await sender.close(20);
  sender.record(event());
  assert.deepEqual(sender.stats(), { recorded: 52, accepted: 0, rejected: 0, dropped: 53, waiting: 0 });
  assert.throws(() => openSender({ url: "no url", token: "t" }), TypeError);
});

test("what is equal is summed up a minute at a time, with its amounts, and sent when the minute or the sender is over", async (t) => {
  const { url, received } = await openReceiver(t);
  const sender = openSender({ url, token: "t", flushMs: 5, aggregate: true });
  for (let n = 0; n < 100; n += 1)
    sender.record(event({ ts: `2026-03-08T02:11:${String(n % 60).padStart(2, "0")}Z`, cost_usd: 0.1, latency_ms: n }));
  sender.record(event({ ts: "2026-03-08T02:12:00Z", cost_usd: 0.1 }));
  sender.record(event({ route: "/other" }));
  sender.record({ key_id: "now", bytes: 7 });
  await until("the minutes that are over are sent", () => received.length > 0);
  await sender.close();
  const all = received.flatMap(({ events }) => events);
  assert.deepEqual(
    all.map(({ key_id: key, count, cost_usd: cost, bytes }) => [key, count, cost, bytes]),
    [
      ["k", 100, 10, undefined],
      ["k", 1, 0.1, undefined],
      ["k", 1, undefined, undefined],
      ["now", 1, undefined, 7],
    ],
  );
});

test("a caller's key is told of in each minute, with a count of 0 where it was not used, until the sender is closed", async (t) => {
  const { url, received } = await openReceiver(t);
  t.mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-03-08T02:11:40Z") });
  const sender = openSender({ url, token: "t", flushMs: 5, aggregate: true });
  sender.record({ key_id: "served", route: "/v1" });
  for (const route of ["/a", "/b"]) sender.record({ key_id: "called", route, observed_by: "caller" });
  t.mock.timers.tick(60_000);
  sender.record({ key_id: "called", route: "/a", observed_by: "caller" });
  t.mock.timers.tick(120_000);
  await until("the minutes that are over are sent", () => received.flatMap(({ events }) => events).length >= 5);
  await sender.close();
  const told = received.flatMap(({ events }) => events).filter(({ key_id: key }) => key === "called");
  assert.deepEqual(
    told.map(({ ts, count, route }) => [String(ts).slice(11, 16), count, route]),
    [
      ["02:11", 1, "/a"],
      ["02:11", 1, "/b"],
      ["02:12", 1, "/a"],
      ["02:13", 0, undefined],
    ],
  );
});

test("middleware records each request with its route template, and a description that fails fails no request", async (t) => {
  const { url, received } = await openReceiver(t);
  const sender = openSender({ url, token: "t", flushMs: 5 });
  const app = fastify();
  t.after(() => app.close());
  const describe = ({ headers }: { headers?: Readonly<Record<string, unknown>> }) => {
    const key = headers?.["x-key"];
    if (typeof key !== "string") throw new Error("no key");
    return key === "none" ? null : { key };
  };
  await app.register(fastifyPlugin(sender, describe));
  app.get("/cards/:id", async () => "ok");
  const at = await app.listen({ port: 0, host: "127.0.0.1" });
  for (const headers of [{ "x-key": "raw-key-of-somebody" }, { "x-key": "none" }, {}])
    assert.equal((await fetch(`${at}/cards/42`, { headers: Object.entries(headers) })).status, 200);

  const middleware = expressMiddleware(sender, describe);
  const plain = createServer((request, response) => {
    const seen = Object.assign(request, { baseUrl: "/api", route: { path: "/things/:id" }, ip: "198.51.100.7" });
    middleware(seen, response, () => response.writeHead(404).end());
  });
  plain.listen(0, "127.0.0.1");
  await once(plain, "listening");
  t.after(() => void plain.close());
  await fetch(`http://127.0.0.1:${(plain.address() as AddressInfo).port}/api/things/7`, {
    headers: { "x-key": "another-raw-key" },
  });
  await until("both are there", () => received.flatMap(({ events }) => events).length === 2);
  await sender.close();
  assert.deepEqual(
    received
      .flatMap(({ events }) => events)
      .map(({ key, route, status, method, source_ip: ip }) => [key, route, status, method, ip]),
    [
      ["raw-key-of-somebody", "/cards/:id", 200, "GET", "127.0.0.1"],
      ["another-raw-key", "/api/things/:id", 404, "GET", "198.51.100.7"],
    ],
  );
});
