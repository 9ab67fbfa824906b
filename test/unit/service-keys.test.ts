import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { maskSecrets } from "../../src/text/secret/secret-shape.js";
import { rules } from "../helpers/ingest-rules.js";

const alnum = (length: number) => "a1B2c3D4e5F6g7H8i9J0".repeat(5).slice(0, length);
const hex = (length: number) => "0123456789abcdef".repeat(5).slice(0, length);
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
