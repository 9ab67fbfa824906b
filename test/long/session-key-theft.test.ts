import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";

/** Ten days in which 2,400 session keys live for an hour each; one of them is used from a hosting network from 10:10 on the last day but one. */
const EVENTS = join(import.meta.dirname, "../../../test/fixtures/session-keys/events.ndjson.gz");
const STOLEN = "ASIA0000000000002261";
const ROLE = "arn:aws:iam::111122223333:role/app";
const [FROM, HOUR] = [Date.parse("2026-03-11T10:10:00Z"), 3_600_000];

const dir = mkdtempSync(join(tmpdir(), "plimsoll-session-keys-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const env = { CLICKHOUSE_URL: testServices().clickhouseUrl };

test("a theft by one of 2,400 session keys is paged within the hour where events name their principal, with the session key to revoke", async () => {
  const lines = gunzipSync(readFileSync(EVENTS)).toString().trimEnd().split("\n");
  const named = lines.map((line) => JSON.stringify({ ...(JSON.parse(line) as object), principal: ROLE }));
  const events = join(dir, "named.ndjson.gz");
  writeFileSync(events, gzipSync(named.join("\n")));
  const { code, stdout, stderr } = await runCli(["try", events, "--step", "15m", "--json"], env);
  const { pages, not_judged: gaps } = JSON.parse(stdout) as {
    readonly pages: readonly { at: string; key_id: string; details: Record<string, unknown> }[];
    readonly not_judged: readonly { gap: string }[];
  };
  const [page] = pages;
  assert.ok(page !== undefined, `${code} ${stderr}`);
  const late = Date.parse(page.at) - FROM;
  assert.ok(late > 0 && late <= HOUR, page.at);
  assert.deepEqual([...new Set(pages.map(({ key_id: keyId }) => keyId))], [ROLE]);
  assert.deepEqual(page.details["session_keys_of_new_sources"], [STOLEN]);
  assert.match(String(page.details["next_steps"]), new RegExp(`revoke the sessions of ${ROLE}`));
  assert.ok(gaps.every(({ gap }) => !gap.startsWith("short-lived keys")));
});

test("where they name none nothing is paged, and the backtest says how many keys were too short-lived to be judged, and what to send", async () => {
  const summary = join(dir, "summary.json");
  const args = ["backtest", "--events", EVENTS, "--step", "60m", "--summary", summary];
  const { code, stdout, stderr } = await runCli(args, env);
  assert.deepEqual([code, stdout], [0, ""], stderr);
  const {
    pages,
    keys,
    short_lived_keys: shortLived,
  } = JSON.parse(readFileSync(summary, "utf8")) as Record<string, number>;
  assert.deepEqual([pages, keys], [0, 2400]);
  assert.ok(shortLived! > 2000 && shortLived! <= 2400, String(shortLived));
  assert.match(stderr, /short-lived keys: 2,\d\d\d of 2,400 keys lived for less than a day and .* send `principal`/);
});
