import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanText } from "../../src/text/clean-text.js";
import { displayOf } from "../../src/model/key/key-fingerprint.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { plainViewOf } from "../../src/text/secret/plain-view.js";
import { holdsRawKey, RawKeyFinder } from "../../src/text/secret/raw-key-finder.js";
import { looksLikeSecret, maskSecrets } from "../../src/text/secret/secret-shape.js";
import { drawCanaries } from "../helpers/canaries.js";
import { DISGUISES } from "../helpers/disguises.js";
import { rules } from "../helpers/ingest-rules.js";

const canaries = drawCanaries();
const { random: shapeless, ...shaped } = canaries;
const FIELDS = ["method", "route", "scope", "user_agent", "region", "service"];
const eventOf = (wire: object) => {
  const parsed = parseRequestEvent({ ts: 1, ...wire }, rules());
  assert.ok(parsed.kind === "event", JSON.stringify(parsed));
  return parsed.event;
};
/** What a text says to who reads it. */
const plain = (text: string) => plainViewOf(text)?.text ?? text;

test("the shape of a secret is masked in every text of an event and refused as a key id, however it is disguised", () => {
  for (const [name, secret] of Object.entries(shaped)) {
    for (const [how, disguise] of Object.entries(DISGUISES)) {
      const disguised = disguise(secret);
      assert.ok(looksLikeSecret(`/v1/${disguised}/use`), `${name} ${how}`);
      for (const field of FIELDS) {
        const event = eventOf({ key_id: "k", [field]: `a ${disguised} b` });
        assert.equal(event.maskedFields, field, `${name} ${how} ${field}`);
        const kept = plain(JSON.stringify(event));
        for (let at = 8; at + 12 <= secret.length; at += 1)
          assert.ok(!kept.includes(secret.slice(at, at + 12)), `${name} ${how} ${field}`);
      }
      const refused = parseRequestEvent({ ts: 1, key_id: disguised }, rules());
      assert.equal(refused.kind, "refused", `${name} ${how}`);
    }
  }
});

test("the raw key of an event is masked in its other texts, however disguised, and so are any 12 characters of it", () => {
  const key = shapeless;
  for (const [how, disguise] of Object.entries(DISGUISES)) {
    for (const piece of [key, key.slice(0, 14), key.slice(5, 18), key.slice(-13)]) {
      const disguised = disguise(piece);
      assert.ok(holdsRawKey(disguised, key), how);
      const event = eventOf({ key, user_agent: `curl ${disguised}`, route: `/{id}/${disguised}/use` });
      assert.equal(event.maskedFields, "route,user_agent", how);
      assert.deepEqual(
        [event.userAgent.slice(0, 13), event.route.slice(0, 14)],
        ["curl [secret]", "/{id}/[secret]"],
        how,
      );
    }
  }
});

test("every stretch of 12 characters of a raw key is found at every place of a text, and 11 are not", () => {
  const finder = new RawKeyFinder(shapeless);
  for (let from = 0; from + 12 <= shapeless.length; from += 1) {
    const text = `x ${shapeless.slice(from, from + 12)}-${shapeless.slice(0, 11)} y`;
    assert.deepEqual(finder.spansIn(text, null), [{ from: 2, to: 14 }]);
  }
  assert.equal(
    holdsRawKey(`${shapeless.slice(0, 11)}-${shapeless.slice(11, 22)}-${shapeless.slice(21)}`, shapeless),
    false,
  );
  const twice = `${shapeless.slice(0, 20)}${shapeless.slice(4, 30)}`;
  assert.deepEqual(finder.spansIn(twice, null), [{ from: 0, to: twice.length }]);
});

test("a short key is meant as a whole, and what is shown of a key is no piece of it", () => {
  assert.equal(holdsRawKey("/v1/abcd1234/use", "abcd1234"), true);
  assert.equal(holdsRawKey("/v1/%61bcd1234/use", "abcd1234"), true);
  assert.equal(holdsRawKey("/v1/abcd123/use", "abcd1234"), false);
  for (const key of [...Object.values(canaries), `sk-ant-api03-${shapeless}`, `billing_service_${shapeless}`]) {
    assert.equal(holdsRawKey(displayOf(key), key), false, displayOf(key));
  }
  assert.equal(holdsRawKey("billing_service_/2.1", `billing_service_${shapeless}`), false);
});

test("a key that is written with percent signs or unseen characters itself is found as it is and as it reads", () => {
  const key = `acme%2F${shapeless}`;
  for (const text of [key, `acme/${shapeless}`, key.replaceAll("%", "%25")])
    assert.ok(holdsRawKey(`see ${text}`, key), text);
});

test("one sign that is escaped hides no key, and words with escapes between them are no key", () => {
  for (const [key, sign] of [
    ["sk_live_", "_"],
    ["sk-proj-", "-"],
    ["ghp_", "_"],
    ["xoxb-", "-"],
  ] as const) {
    for (const escape of ["\\u00", "\\x", "\\\\u00", "%u00"]) {
      const written = key.replace(sign, `${escape}${sign.charCodeAt(0).toString(16)}`);
      assert.equal(maskSecrets(`/a ${written}${shapeless.repeat(2)} b`).text, "/a [secret] b", written);
    }
  }
  for (const text of [
    "risk\\u002Dproj\\u002Dservice\\u002Dof\\u002Dpayments",
    "C:\\task\\new\\risk-0123456789abcdefghijklmnop",
  ])
    assert.deepEqual(maskSecrets(text), { text, masked: false });
});

test("what only looks like a disguise is left as it is", () => {
  for (const text of ["/v1/files/a%20b%2Fc.txt", "100 % of 50%25", "Größe %C3%A4 日本語 👩‍💻", "%zz%4", "a%00b"]) {
    assert.deepEqual(maskSecrets(text), { text, masked: false });
    assert.deepEqual(cleanText(text, 100), { text, masked: false });
  }
  assert.equal(plainViewOf("%E2%82%AC%F0%9F%98%80%C3%28%E0%80%AF%25%34%31")?.text, "€😀(A");
  assert.equal(plainViewOf("/v1/charges"), null);
  assert.equal(plainViewOf("C:\\users \\d+ \\u12 \\xg1 \\888 \\u{} u{41}"), null);
  assert.equal(
    plainViewOf("\\xE2\\x82\\xAC\\ud83d\\ude00\\\\u0041\\n\\u{42}%u0043\\104\\/\\u{zz}")?.text,
    "€😀ABCD/\\u{zz}",
  );
});
