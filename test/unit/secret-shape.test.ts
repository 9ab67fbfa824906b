import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { looksLikeSecret, maskSecrets } from "../../src/text/secret/secret-shape.js";
import { rules } from "../helpers/ingest-rules.js";

const alnum = (length: number) => "a1B2c3D4e5F6g7H8i9J0".repeat(5).slice(0, length);
const hex = (length: number) => "0123456789abcdef".repeat(5).slice(0, length);

// Put together here so that no scanner takes this file for a leak.
const SECRETS = [
  `sk_live_${alnum(24)}`,
  `rk_test_${alnum(24)}`,
  `whsec_${alnum(32)}`,
  `ghp_${alnum(36)}`,
  `github_pat_${alnum(40)}`,
  `glpat-${alnum(20)}`,
  `xoxb-${hex(12)}-${alnum(24)}`,
  `sk-ant-api03-${alnum(40)}`,
  `sk-proj-${alnum(40)}`,
  `sk-${alnum(48)}`,
  `SG.${alnum(22)}.${alnum(43)}`,
  `AIza${alnum(35)}`,
  `npm_${alnum(36)}`,
  `hf_${alnum(34)}`,
  `shpat_${hex(32)}`,
  `dop_v1_${hex(64)}`,
  `eyJ${alnum(20)}.eyJ${alnum(40)}.${alnum(43)}`,
  `Bearer ${alnum(30)}`,
  `Basic ${alnum(31)}=`,
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  `-----BEGIN RSA PRIVATE KEY-----\n${alnum(64)}\n-----END RSA PRIVATE KEY-----`,
];

test("every well-known shape is refused as a key id and masked in every text", () => {
  for (const secret of SECRETS) {
    assert.ok(looksLikeSecret(secret), secret.slice(0, 8));
    const surrounded = maskSecrets(`curl/8 (token=${secret}; x)`);
    assert.ok(surrounded.masked && !surrounded.text.includes(secret), secret.slice(0, 8));
    for (const field of ["id", "method", "route", "scope", "user_agent", "region", "service"]) {
      // An id is refused where its secret is too long for an id, which keeps it out as well.
      const parsed = parseRequestEvent({ ts: 1, key_id: "k", [field]: secret }, rules());
      assert.ok(!JSON.stringify(parsed).includes(secret.slice(8)), `${field} ${secret.slice(0, 8)}`);
      if (parsed.kind === "event") assert.equal(parsed.event.maskedFields, field);
    }
    const refused = parseRequestEvent({ ts: 1, key_id: secret.slice(0, 128) }, rules());
    assert.equal(refused.kind, "refused");
  }
});

test("a secret in a query string is a leak site although the query is dropped", () => {
  const parsed = parseRequestEvent({ ts: 1, key_id: "k", route: `/pay?token=${SECRETS[0]}` }, rules());
  assert.ok(parsed.kind === "event");
  assert.equal(parsed.event.route, "/pay");
  assert.equal(parsed.event.maskedFields, "route");
});

test("a log line in which secrets are masked is still one line of JSON", () => {
  const cut = "-----BEGIN PRIVATE KEY-----\\nabc";
  for (const secret of [...SECRETS, cut, `${cut}"`, `${cut}\\`, "redis://app:pass@db"]) {
    const line = `${JSON.stringify({ msg: `got ${secret}`, quoted: JSON.stringify({ secret }), after: "kept" })}\n`;
    const { text, masked } = maskSecrets(line);
    assert.ok(masked && text.endsWith("\n"));
    assert.equal((JSON.parse(text) as { after: string }).after, "kept");
  }
});

test("an AWS secret key is masked between the slashes of a path as well", () => {
  // The one of AWS's own documentation; half of all have a slash of their own.
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  for (const [before, after] of [
    ["/v1/hooks/", ""],
    ["/v1/keys/", "/use"],
    ["https://example.com/", "?x=1"],
  ]) {
    assert.deepEqual(maskSecrets(`${before}${secret}${after}`), { text: `${before}[secret]${after}`, masked: true });
  }
});

test("a password in a URL is masked", () => {
  assert.equal(maskSecrets("redis://app:hunter2@db:6379").text, "redis://[secret]@db:6379");
  assert.equal(maskSecrets("https://api.example.com:8443/a@b").masked, false);
});

test("a secret at the end of a long text is not left behind in part", () => {
  const text = `${SECRETS[0]} ${SECRETS[3]} `.repeat(200);
  const parsed = parseRequestEvent({ ts: 1, key_id: "k", route: text }, rules());
  assert.ok(
    parsed.kind === "event" && /^(?:\[secret\] )+(?:\[secret\]?)?$/.test(parsed.event.route.replace(/\[\w*$/, "")),
  );
});

test("public identifiers and plain names are left alone", () => {
  for (const text of [
    "AKIAIOSFODNN7EXAMPLE",
    `pk_live_${alnum(24)}`,
    "sk-learn-inference-service-production",
    "task-0123456789abcdefghijklmnop",
    hex(40),
    "/v1/accounts/{account}/payment/methods/1",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
  ]) {
    assert.deepEqual(maskSecrets(text), { text, masked: false });
  }
});

test("names of our own that hold a fingerprint's id are left whole, and a secret behind one is not", () => {
  const id = "fp_0a1b2c3d4e5f6071";
  const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  for (const name of ["trigger", "resolve", "acknowledge"].flatMap((act) => [
    `leak/${id}/20261127T1341/1/${act}`,
    `public_key/${id}/20261127T134100/1/${act}`,
  ])) {
    assert.deepEqual(maskSecrets(`{"page":"${name}"}`), { text: `{"page":"${name}"}`, masked: false });
  }
  for (const before of [`${id}/`, "fp_", `/${id}x`]) assert.ok(maskSecrets(`${before.slice(0, -1)}/${secret}`).masked);
});
