import assert from "node:assert/strict";
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { test } from "node:test";
import { parseKey } from "../../src/model/key/parse-key.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { nginx } from "../../src/import/formats/nginx.js";
import { looksLikeSecret, maskSecrets } from "../../src/text/secret/secret-shape.js";
import { drawCanaries } from "../helpers/canaries.js";
import { rules } from "../helpers/ingest-rules.js";
import { optionsOf } from "../helpers/read-fixture.js";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const draw = (length: number, alphabet = LETTERS) =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
/** As random as any: of 24 letters and digits one in 60 has no digit. */
const some = (length: number, alphabet?: string) => `a1B${draw(length - 3, alphabet)}`;
const hex = (length: number) => `a1${draw(length - 2, "0123456789abcdef")}`;

const { stripe, github, jwt, aws } = drawCanaries();
// As long as their issuers write them, put together here so that no scanner takes this file for a leak.
const WHOLE = [
  stripe,
  github,
  jwt,
  `rk_test_${some(24)}`,
  `whsec_${some(32)}`,
  `github_pat_${some(22)}_${some(59)}`,
  `glpat-${some(20)}`,
  `xoxb-${draw(12, "0123456789")}-${draw(12, "0123456789")}-${some(24)}`,
  `sk-ant-api03-${some(93)}`,
  `sk-proj-${some(48)}`,
  `sk-or-v1-${hex(64)}`,
  `sk-${some(20)}T3BlbkFJ${some(20)}`,
  `SG.${some(22)}.${some(43)}`,
  `AIza${some(35)}`,
  `npm_${some(36)}`,
  `hf_${some(34)}`,
  `shpat_${hex(32)}`,
  `dop_v1_${hex(64)}`,
  `dapi${hex(32)}`,
];
/** How logs, JSON and URLs write what stands before a key without writing it as it is. */
const ESCAPES = ["\\n", "\\t", "\\r\\n", "\\x22", "\\u003d", "\\042", "%0A", "%0D%0A", "%22", "%250A", "%u0022", "#22"];
const WORDS = ["x", "v1", "0", "KEY", "\\\\x", "=3D"];

test("a whole key is masked in every text and refused as a name, whatever letter, digit or escape stands right before it", () => {
  for (const key of WHOLE) {
    for (const before of [...ESCAPES, ...WORDS]) {
      const text = `${before}${key}`;
      assert.equal(maskSecrets(`/v1/${text}`).text, `/v1/${before}[secret]`, text.slice(0, 20));
      for (const field of ["method", "route", "scope", "user_agent", "region", "service"]) {
        const parsed = parseRequestEvent({ ts: 1, key_id: "k", [field]: text }, rules());
        assert.ok(parsed.kind === "event" && !JSON.stringify(parsed).includes(key.slice(8)), `${field} ${before}`);
        assert.equal(parsed.event.maskedFields, field);
      }
      const name = text.slice(0, 128);
      for (const names of [{ key_id: name }, { key_id: "k", parent_key_id: name }, { key_id: "k", principal: name }])
        assert.equal(parseRequestEvent({ ts: 1, ...names }, rules()).kind, "refused", name.slice(0, 20));
      assert.equal("problems" in parseKey({ key_id: "k", owner: name }, 1), true);
    }
  }
});

test("after an escape what begins there may be as short as anywhere else, and an AWS secret key is one", () => {
  const short = ["sk", "live", "STRFFFF1"].join("_");
  for (const before of ESCAPES.filter((escape) => escape !== "%250A")) {
    for (const secret of [short, `Bearer ${some(20)}`, `sk-${hex(32)}`, aws])
      assert.deepEqual(maskSecrets(`${before}${secret}`), { text: `${before}[secret]`, masked: true });
  }
});

test("an access log that escapes the quotation marks around a key keeps nothing of it", () => {
  for (const key of WHOLE) {
    const line = `192.0.2.1 - alice [28/Nov/2026:10:00:00 +0000] "GET /v1/x HTTP/1.1" 200 5 "-" "python {\\x22Authorization\\x22: \\x22${key}\\x22}"`;
    const record = nginx.parse(line, optionsOf("user"));
    assert.ok("event" in record && JSON.stringify(record).includes("Authorization"));
    assert.ok(!JSON.stringify(record).includes(key.slice(8)), key.slice(0, 8));
  }
});

test("words, ids and blobs in which a key seems to begin are left alone", () => {
  const words = [
    "task-project-management-service-production-2026",
    "/v1/task-proj-alpha-beta-2024-gamma-delta-epsilon-zeta",
    `task-proj-${randomUUID()}-${randomUUID()}`,
    "desk_live_streaming_dashboard_overview",
    "desk_live_streamingdashboardoverview",
    `task_live_${hex(24)}`,
    "risk-0123456789abcdefghijklmnop",
    `task-${hex(64)}`,
    `disk-${hex(40)}`,
    `flask-admin-${hex(32)}`,
    `desk-${randomUUID()}`,
    "mask_test_2026112713410000",
    "webxapp-1-7d9f8b6c5d-x2k4p-payments-production-eu",
    "boxoxo-1234-5678-abcdef",
    "pnpm_config_registry_mirror_cache_eu1",
    "foxoxb-service-of-payments",
    "C:\\task-0123456789abcdefghijklmnop",
    "C:\\Users\\build\\task-service-of-payments",
  ];
  for (const text of words) assert.deepEqual(maskSecrets(text), { text, masked: false });
  for (let times = 0; times < 2000; times += 1) {
    const blob = randomBytes(300);
    // Without signs nothing of the length of an AWS key stands between two of them.
    for (const text of [blob.toString("base64url").replaceAll(/[_-]/g, "x"), blob.toString("hex"), randomUUID()])
      assert.equal(looksLikeSecret(`id=x${text}`), false, text);
  }
});
