import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { acceptEvents } from "../helpers/accept-events.js";
import { parseHistory } from "../../src/pipeline/replay/parse-history.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { looksLikeSecret, maskSecrets } from "../../src/text/secret/secret-shape.js";
import { rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const base = { ts: AT, key_id: "key_1", source_ip: "203.0.113.9" };

function parsed(wire: object) {
  const result = parseRequestEvent({ ...base, ...wire }, rules({ span: liveSpan(AT + 60_000, 90) }));
  assert.ok(result.kind === "event", JSON.stringify(result));
  return result;
}

test("an address with a port, brackets or blanks is read, and a list of different ones is taken for none and named", () => {
  const cases: readonly (readonly [string, string | null, readonly string[]])[] = [
    [" 203.0.113.9\t", "::ffff:203.0.113.9", []],
    ["203.0.113.9:443", "::ffff:203.0.113.9", []],
    ["[2001:db8::9]:443", "2001:db8::9", []],
    ["[2001:db8::9]", "2001:db8::9", []],
    ["[::ffff:203.0.113.9]:1", "::ffff:203.0.113.9", []],
    ["203.0.113.9, 203.0.113.9:80", "::ffff:203.0.113.9", []],
    ["203.0.113.9,", "::ffff:203.0.113.9", []],
    ["198.51.100.1, 203.0.113.9", null, ["address_list"]],
    ["unknown, 203.0.113.9", null, ["address_list"]],
    ["203.0.113.9:", null, ["not_an_address"]],
    ["203.0.113.9:123456", null, ["not_an_address"]],
    ["[203.0.113.9", null, ["not_an_address"]],
    ["fe80::1%eth0", null, ["not_an_address"]],
    ["s3.amazonaws.com", null, ["not_an_address"]],
    ["9".repeat(5000), null, ["not_an_address"]],
    ["-", null, ["no_address"]],
    ["  ", null, ["no_address"]],
  ];
  for (const [source_ip, address, notes] of cases) {
    const result = parsed({ source_ip });
    assert.deepEqual([result.event.sourceIp, result.notes], [address, notes], source_ip.slice(0, 40));
  }
  // Who reports usage afterwards saw no client: that is no fault.
  assert.deepEqual(parsed({ source_ip: undefined, observed_by: "provider" }).notes, []);
});

test("an instant in seconds, micro- or nanoseconds, as number or text, is read as such and named", () => {
  const second = Math.floor(AT / 1000);
  const cases: readonly (readonly [unknown, number, readonly string[]])[] = [
    [AT, AT, []],
    [String(AT), AT, []],
    [second, AT, ["ts_in_seconds"]],
    [`${second}`, AT, ["ts_in_seconds"]],
    [`${second}.123456`, AT + 123, ["ts_in_seconds"]],
    [second + 0.007, AT + 7, ["ts_in_seconds"]],
    [AT * 1e3 + 999, AT, ["ts_in_microseconds"]],
    [AT * 1e6, AT, ["ts_in_nanoseconds"]],
    [`${AT}123456`, AT, ["ts_in_nanoseconds"]],
  ];
  for (const [ts, at, notes] of cases) {
    const result = parsed({ ts });
    assert.deepEqual([result.event.ts, result.notes], [at, notes], String(ts));
  }
});

test("numbers written as texts count, and a status of 0 is a request without an answer that was not served", () => {
  const { event, notes } = parsed({ status: "404", bytes: "12", latency_ms: "1.5", units: "2.25", count: "3" });
  const { status, bytes, latencyMs, unitMillis, count } = event;
  assert.deepEqual([status, bytes, latencyMs, unitMillis, count, notes], [404, 12, 1.5, 2250, 3, []]);
  for (const zero of [0, "0", "000"]) {
    const none = parsed({ status: zero });
    assert.deepEqual([none.event.status, none.notes], [499, ["status_zero"]]);
  }
  for (const text of [" 200", "2e2", "0x80", "", "-1", true]) {
    assert.equal(parseRequestEvent({ ...base, status: text }, rules()).kind, "refused", String(text));
  }
});

test("the name of a Google service account's key is a key_id, in events and in the registry alike", () => {
  const name = `//iam.googleapis.com/projects/${"p".repeat(30)}/serviceAccounts/${"s".repeat(24)}@${"p".repeat(30)}.iam/keys/${"0123456789abcdef".repeat(3).slice(0, 40)}`;
  assert.ok(name.length >= 162 && name.length <= 256, String(name.length));
  assert.equal(parsed({ key_id: name }).event.keyId, name);
  const entry = parseKey({ key_id: name }, AT, undefined);
  assert.ok("key" in entry && entry.key.keyId === name);
});

test("no SHA-256 or SHA-512 in base64 is taken for a secret, and an AWS secret key still is", () => {
  for (const [algorithm, count] of [
    ["sha256", 20_000],
    ["sha512", 2000],
  ] as const) {
    for (let at = 0; at < count; at += 1) {
      const digest = createHash(algorithm).update(String(at)).digest("base64");
      // One in 64 begins like a path, and of those few are taken for one that holds a secret.
      if (digest.startsWith("/")) continue;
      assert.ok(!looksLikeSecret(digest), digest);
      assert.ok(!maskSecrets(`hashed_token="${digest}" actor=x`).masked, digest);
    }
  }
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  for (const text of [
    secret,
    `v1/${secret}`,
    `/v1/${secret}/x`,
    `${secret}/a=b`,
    `k=${secret}`,
    `${secret}/ab`,
    `${secret}/ab==`,
  ]) {
    assert.ok(looksLikeSecret(text), text);
  }
});

const sum = (rows: readonly RequestEvent[], of: (row: RequestEvent) => number) =>
  rows.reduce((total, row) => total + of(row), 0);

test("a day's bucket is never an hour's rate or spend: its hours share it, and sum up to it exactly", () => {
  const end = Date.UTC(2026, 2, 8) - 1;
  const line = {
    ts: end,
    key_id: "key_1",
    observed_by: "provider",
    id: "d",
    count: 1000,
    cost_usd: "24.01",
    units: 7,
    bytes: 25,
    bucket_minutes: 1440,
  };
  const read = acceptEvents(Buffer.from(JSON.stringify(line)), "json", rules());
  assert.ok(read.kind === "events");
  const { events } = read;
  assert.deepEqual([read.accepted, events.length], [1, 24]);
  assert.deepEqual(
    events.map(({ ts }) => ts),
    Array.from({ length: 24 }, (_, hour) => end - (23 - hour) * 3_600_000),
  );
  const totals = [
    sum(events, (e) => e.count),
    sum(events, (e) => e.spendMicros),
    sum(events, (e) => e.unitMillis),
    sum(events, (e) => e.bytes),
  ];
  assert.deepEqual(totals, [1000, 24_010_000, 7000, 25]);
  assert.ok(events.every(({ count, spendMicros }) => count <= 42 && spendMicros <= 1_000_417));

  const rare = acceptEvents(Buffer.from(JSON.stringify({ ...line, count: 2 })), "json", rules());
  assert.ok(rare.kind === "events");
  assert.deepEqual(
    rare.events.map(({ ts, count }) => [(end - ts) / 3_600_000, count]),
    [
      [12, 1],
      [0, 1],
    ],
  );
  const hourly = acceptEvents(Buffer.from(JSON.stringify({ ...line, bucket_minutes: 60 })), "json", rules());
  assert.ok(hourly.kind === "events" && hourly.events.length === 1 && hourly.events[0]?.count === 1000);
  // A backtest reads the same rows.
  const history = parseHistory(Buffer.from(`${JSON.stringify(line)}\n`), rules());
  assert.deepEqual([history.accepted, history.firstAt, history.lastAt], [1, events[0]?.ts, end]);
});
