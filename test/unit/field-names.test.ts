import assert from "node:assert/strict";
import { test } from "node:test";
import { warningsOf } from "../../src/model/event/event-notes.js";
import { liveSpan } from "../../src/model/event/accepted-span.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const base = { ts: AT, key_id: "key_1", source_ip: "203.0.113.9" };
const parse = (wire: object) => parseRequestEvent({ ...base, ...wire }, rules({ span: liveSpan(AT + 60_000, 90) }));

function notesIn(wire: object) {
  const result = parse(wire);
  assert.ok(result.kind === "event", JSON.stringify(result));
  return result.notes;
}

test("a field that is written a little wrong is named, by the one that is meant, and only where that one is missing", () => {
  const slips: readonly (readonly [string, string])[] = [
    ["stauts", "status"],
    ["Status", "status"],
    ["userAgent", "user_agent"],
    ["user-agent", "user_agent"],
    ["cost-usd", "cost_usd"],
    ["cost_us", "cost_usd"],
    ["sevice", "service"],
    ["latencyMs", "latency_ms"],
    ["observedBy", "observed_by"],
    ["bucket_minute", "bucket_minutes"],
  ];
  for (const [name, field] of slips) {
    assert.deepEqual(notesIn({ [name]: 7 }), [`misspelt_${field}`], name);
  }
  assert.deepEqual(notesIn({ stauts: "x", status: 200 }), [], "what is meant is there");
  for (const name of ["tenant", "trace_id", "model", "host", "state", "__proto__", "x".repeat(5000)]) {
    assert.deepEqual(notesIn({ [name]: "x" }), [], name);
  }
  const [{ message } = { message: "" }] = warningsOf(new Map([["misspelt_status", 1]]));
  assert.match(message, /^status: missing, while a field that probably means it .* send it as status$/);
});

test("no value is lost without a word under the name that other programs give the field", () => {
  const others: Readonly<Record<string, string>> = {
    cost_usd: "cost price amount Cost totalCost",
    status: "status_code statusCode http_status response_code",
    route: "path url uri endpoint operation",
    source_ip: "ip client_ip clientIp remote_addr remote_ip ip_address",
    user_agent: "ua agent",
    latency_ms: "duration duration_ms latency elapsed_ms",
    bytes: "size response_bytes",
    units: "tokens total_tokens",
    method: "http_method verb",
  };
  for (const [field, names] of Object.entries(others)) {
    for (const name of names.split(" ")) {
      assert.ok(notesIn({ source_ip: undefined, [name]: "1" }).includes(`misspelt_${field}` as never), name);
    }
  }
  const several = { path: "/a", url: "/a", cost: "1", tokens: null, status_code: 200, status: 200 };
  assert.deepEqual(notesIn(several), ["misspelt_route", "misspelt_cost_usd"], "each field once, none that is there");
});

test("a refused event says that what it lacks is there under another name, and repeats neither name nor value", () => {
  const lacking = (wire: object) => {
    const result = parse(wire);
    return result.kind === "refused" ? `${result.reason} ${result.message}` : "taken";
  };
  for (const name of ["timestamp", "@timestamp", "time", "eventTime", "TS"]) {
    assert.match(lacking({ ts: null, [name]: AT }), /^missing_ts ts: missing, while .* send it as ts/, name);
  }
  for (const name of ["api_key", "apiKey", "keyid", "Key", "authorization"]) {
    const text = lacking({ key_id: undefined, [name]: "sk_live_value" });
    assert.match(text, /^missing_key key_id or key: missing, while .* as key_id, a raw key as key$/, name);
    assert.ok(!text.includes("sk_live") && !text.includes("api_key"), text);
  }
  assert.doesNotMatch(lacking({ ts: null, tenant: 1 }), /another name/);
  assert.doesNotMatch(lacking({ key_id: undefined, tenant: 1 }), /another name/);
});
