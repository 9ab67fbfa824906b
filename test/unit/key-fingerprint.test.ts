import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { displayOf, fingerprintOf, pepperOf } from "../../src/model/key/key-fingerprint.js";
import { identifyWith } from "../../src/model/key/identify-key.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { parseRequestEvent, type EventRules } from "../../src/model/event/parse-request-event.js";
import { PEPPER, rules } from "../helpers/ingest-rules.js";

const AT = Date.UTC(2026, 2, 8, 2, 11);

test("a raw key becomes the id that its fingerprint is registered under, else fp_ and 16 digits", () => {
  const raw = "acme_live_0123456789abcdefghijklmnop";
  const fingerprint = createHmac("sha256", "a pepper for tests, 32 bytes long").update(raw).digest("hex");
  const wire = { ts: AT, key: raw };
  const idOf = (changed: Partial<EventRules>) => {
    const parsed = parseRequestEvent(wire, rules(changed));
    return parsed.kind === "event" ? parsed.event.keyId : parsed.reason;
  };
  assert.equal(idOf({}), `fp_${fingerprint.slice(0, 16)}`);
  assert.equal(idOf({ resolveKey: (shown) => (shown === fingerprint ? "key_9" : undefined) }), "key_9");
  assert.equal(idOf({ peppers: [] }), "key_not_accepted");
  const former = pepperOf("the pepper that was in force before");
  const resolveKey = (shown: string) => (shown === fingerprintOf(former, raw) ? "key_8" : undefined);
  assert.equal(idOf({ peppers: [PEPPER, former], resolveKey }), "key_8");
  const met: string[] = [];
  const rotating = {
    peppers: [PEPPER, former],
    onMet: (print: string, keyId: string) => met.push(`${print} ${keyId}`),
  };
  const kept = `fp_${fingerprintOf(former, raw).slice(0, 16)}`;
  assert.equal(idOf({ ...rotating, resolveKey }), "key_8");
  assert.equal(idOf(rotating), kept, "its traffic so far is under the former id");
  assert.deepEqual(met, [`${fingerprint} key_8`, `${fingerprint} ${kept}`]);
  const aliasOf = (shown: string) => (shown === fingerprint ? kept : undefined);
  assert.equal(idOf({ aliasOf }), kept, "also when the former pepper is gone");
  const isFormer = (shown: string) => (shown === fingerprintOf(former, raw) ? "key_7" : undefined);
  assert.equal(idOf({ ...rotating, aliasOf, resolveKey: isFormer }), "key_7", "the registry comes first");
});

test("a raw key with its authentication scheme before it is the same key, and is masked without it, too", () => {
  const raw = "acme_live_0123456789abcdefghijklmnop";
  const parse = (key: string) => {
    const parsed = parseRequestEvent({ ts: AT, key, scope: raw }, rules());
    return parsed.kind === "event" ? [parsed.event.keyId, parsed.event.maskedFields] : [parsed.reason];
  };
  const registered = (key: string) =>
    parseKey({ key_id: "k", key }, AT, identifyWith([PEPPER])) as unknown as {
      key: { fingerprints: string[]; display: string };
    };
  for (const scheme of ["Bearer ", "bearer  ", " Basic ", "Token\t"]) {
    assert.deepEqual(parse(`${scheme}${raw}`), parse(raw), scheme);
    assert.deepEqual(registered(`${scheme}${raw}`), registered(raw), scheme);
  }
  assert.equal(parse(raw)[1], "scope");
  assert.deepEqual(parse("Bearer 1234567"), ["bad_key"]);
  assert.notDeepEqual(parse(`Bearer${raw}`), parse(raw), "that is another key");
});

test("a raw key is masked wherever else its event repeats it", () => {
  const raw = "no-known-shape-but-secret";
  const parsed = parseRequestEvent({ ts: AT, key: raw, route: `/k/${raw}/x`, id: raw, scope: "s" }, rules());
  assert.ok(parsed.kind === "event" && !JSON.stringify(parsed).includes(raw));
  assert.equal(parsed.event.maskedFields, "id,route");
});

test("a display shows an end of a key only where 20 characters stay hidden", () => {
  assert.equal(displayOf(`sk_live_${"x".repeat(20)}wxyz`), "sk_live_…wxyz");
  assert.equal(displayOf(`sk_live_${"x".repeat(19)}wxyz`), "sk_live_…");
  assert.equal(displayOf("f47ac10b-58cc-4372-a567-0e02b2c3d479"), "…d479");
  assert.equal(displayOf("hunter2hunter2"), "…");
  assert.equal(displayOf("prod-abc"), "…");
});
