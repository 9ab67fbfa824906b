import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRequestEvent, type EventRules } from "../../src/model/event/parse-request-event.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);
const base = { ts: AT, key_id: "key_1" };

function eventOf(wire: object, changed: Partial<EventRules> = {}): RequestEvent {
  const parsed = parseRequestEvent({ ...base, ...wire }, rules(changed));
  assert.equal(parsed.kind, "event", JSON.stringify(parsed));
  return parsed.event;
}

function reasonOf(wire: object): string {
  const parsed = parseRequestEvent(wire, rules());
  return parsed.kind === "refused" ? parsed.reason : "accepted";
}

test("what could not be the public name of a subject is refused under its own name, and a secret is never one", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["bad_principal", { principal: 7 }],
    ["bad_principal", { principal: " " }],
    ["bad_principal", { principal: "a\nb" }],
    ["bad_principal", { principal: "p".repeat(257) }],
    ["bad_principal", { principal: `ghp_${"a1B2c3D4".repeat(4)}wxyz` }],
    ["bad_principal", { key_id: undefined, key: "acme live 0123456789", principal: "role/acme live 0123456789" }],
    ["bad_parent_key_id", { parent_key_id: ["key_2"] }],
    ["bad_parent_key_id", { principal: "role", parent_key_id: `ghp_${"a1B2c3D4".repeat(4)}wxyz` }],
  ];
  for (const [reason, wire] of cases) assert.equal(reasonOf({ ...base, ...wire }), reason, JSON.stringify(wire));
});

test("what an event says of its principal, else of the key that minted its own, is the subject; the key in use is kept beside it", () => {
  const subjectOf = (wire: object, changed: Partial<EventRules> = {}) => {
    const { keyId, sessionKeyId } = eventOf(wire, changed);
    return [keyId, sessionKeyId];
  };
  assert.deepEqual(subjectOf({ principal: "role/app", parent_key_id: "AKIA1" }), ["role/app", "key_1"]);
  assert.deepEqual(subjectOf({ parent_key_id: "AKIA1" }), ["AKIA1", "key_1"]);
  assert.deepEqual(subjectOf({ principal: "", parent_key_id: null }), ["key_1", ""]);
  assert.deepEqual(subjectOf({ principal: "key_1" }), ["key_1", ""]);
  const raw = { key_id: undefined, key: "acme_session_0123456789" };
  const [own] = subjectOf(raw);
  assert.match(own!, /^fp_[0-9a-f]{16}$/);
  assert.deepEqual(subjectOf({ ...raw, principal: "role/app" }), ["role/app", own]);
  assert.equal(reasonOf({ ts: AT, principal: "role/app" }), "missing_key");
});

test("prices are the subject's, and a TLS fingerprint is cut at 64 characters", () => {
  const priceOf = (keyId: string) => (keyId === "role/app" ? 7 : 0);
  assert.equal(eventOf({ principal: "role/app" }, { priceOf }).spendMicros, 7);
  assert.equal(eventOf({ tls_fingerprint: "t".repeat(65) }).tlsFingerprint, "t".repeat(64));
});

test("session keys of a subject are not remembered while the pepper is being replaced", () => {
  const met: string[] = [];
  const { peppers } = rules();
  const changed = { peppers: [...peppers, ...peppers], onMet: (_: string, keyId: string) => met.push(keyId) };
  const raw = { key_id: undefined, key: "acme_session_0123456789" };
  eventOf({ ...raw, principal: "role/app" }, changed);
  assert.deepEqual(met, []);
  eventOf(raw, changed);
  assert.equal(met.length, 1);
});
