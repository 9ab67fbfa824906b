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

const digits = (length: number) => "1234567890".repeat(3).slice(0, length);

test("keys and webhooks of the services that programs call most are refused as a key id and masked in every text, also right behind letters", () => {
  const glued = [
    `gsk_${alnum(52)}`,
    `xai-${alnum(80)}`,
    `r8_${alnum(37)}`,
    `pplx-${alnum(48)}`,
    `nvapi-${alnum(30)}_-${alnum(32)}`,
    `fw_${alnum(24)}`,
    `tgp_v1_${alnum(20)}-_${alnum(21)}`,
    `pcsk_${alnum(6)}_${alnum(63)}`,
    `dckr_pat_${alnum(12)}_-${alnum(13)}`,
    `ntn_${digits(11)}${alnum(35)}`,
    `lin_api_${alnum(40)}`,
    `PMAK-${hex(24)}-${hex(34)}`,
    `sntrys_${alnum(40)}==_${alnum(43)}`,
    `sntryu_${hex(64)}`,
    `sbp_${hex(40)}`,
    `sb_secret_${alnum(22)}_${alnum(8)}`,
    `rubygems_${hex(48)}`,
    `NRAK-${alnum(27).toUpperCase()}`,
    `AccountKey=${alnum(40)}/+${alnum(44)}==`,
    `Basic ${Buffer.from("deploy:a-Passw0rd-of-many-letters").toString("base64")}`,
  ];
  const bounded = [
    `hooks.slack.com/services/T024BE7LD/B024BE7LH/${alnum(24)}`,
    `hooks.slack.com/workflows/T024BE7LD/A024BE7LH/${digits(18)}/${alnum(24)}`,
    `discord.com/api/webhooks/${digits(19)}/${alnum(30)}_-${alnum(36)}`,
  ];
  const bot = `${digits(10)}:AA${alnum(16)}_-${alnum(15)}`;
  for (const secret of [...glued, ...bounded, bot]) {
    const tail = secret.slice(-20);
    const texts = [
      `curl/8 (token=${secret}; x)`,
      `"${secret}"`,
      `\\n${secret}\\n`,
      `/a/${encodeURIComponent(secret)}/b`,
    ];
    if (!bounded.includes(secret)) texts.push(`KEY${secret}`, `bot${secret}`);
    for (const text of texts) {
      const masked = maskSecrets(text);
      assert.ok(masked.masked && !masked.text.includes(tail), text.slice(0, 24));
    }
    for (const field of ["method", "route", "scope", "user_agent", "region", "service"]) {
      const parsed = parseRequestEvent({ ts: 1, key_id: "k", [field]: secret }, rules());
      assert.ok(parsed.kind === "event" && !JSON.stringify(parsed).includes(tail), `${field} ${secret.slice(0, 8)}`);
      assert.equal(parsed.event.maskedFields, field);
    }
    for (const names of [{ key_id: secret }, { key_id: "k", principal: secret }])
      assert.equal(parseRequestEvent({ ts: 1, ...names }, rules()).kind, "refused", secret.slice(0, 8));
  }
  assert.equal(
    maskSecrets(`https://discord.com/api/webhooks/${digits(19)}/${alnum(68)}`).text,
    "https://discord.com/api/[secret]",
  );
  assert.equal(maskSecrets(`/bot${bot}/sendMessage`).text, `/bot${digits(10)}:[secret]/sendMessage`);
});

test("names that begin as those keys do are left alone", () => {
  for (const text of [
    "fw_rules",
    "fw_BlockInboundTraffic2026",
    "fw_allowinboundfromoffice2026",
    "r8_build",
    "r8_build-of-the-payments-service-production-eu-1",
    "sb_secret_rotation-of-the-payments-service-2026",
    "xai-service-of-payments-in-production-eu-central-1-2026",
    "nvapi-gateway",
    "ntn_notifications",
    "lin_api_gateway_of_payments",
    "berlin_api_gateway_of_payments_in_production",
    "gsk_vaccines",
    "sbp_production_database",
    "rubygems_mirror",
    "PMAK-collections",
    "/v1/webhooks/12345/deliveries",
    "/api/services/Tenants/Billing/accounts",
    "at 10:12:13:AA",
    "12345678:AAPL",
    "AccountKey=primary",
    "nonBasic subscriptions-of-payments-in-production",
  ])
    assert.deepEqual(maskSecrets(text), { text, masked: false });
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
