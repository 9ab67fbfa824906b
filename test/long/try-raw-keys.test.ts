import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { attackersFleet } from "../helpers/attackers-fleet.js";
import { nginxLine } from "../helpers/nginx-log.js";
import { runCli } from "../helpers/run-cli.js";
import { testServices } from "../helpers/services.js";

const HOUR = 3_600_000;
const T0 = Date.parse("2026-03-07T00:00:00Z");
const LEAK = T0 + 50 * HOUR;

const dir = mkdtempSync(join(tmpdir(), "plimsoll-try-keys-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

const fleet = attackersFleet(3, 3, T0, LEAK + HOUR, [
  { key: 1, from: LEAK, to: LEAK + HOUR, perMinute: 90, addresses: 2 },
]);
const rawKeyOf = (keyId: string) => `rk${Buffer.from(keyId).toString("base64url")}Zq7Tm2`;
const accessLog = fleet.lines
  .map(({ text: line }) => nginxLine(JSON.parse(line) as Parameters<typeof nginxLine>[0], rawKeyOf))
  .join("\n");
const env = {
  CLICKHOUSE_URL: testServices().clickhouseUrl,
  PLIMSOLL_PAGE_BUDGET: "1",
  PLIMSOLL_NETWORKS_FILE: file("networks.csv", networksCsv(fleet.networks)),
};

interface Told {
  readonly at: string;
  readonly key_id: string;
  readonly severity: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
}

test("raw keys in a log are fingerprints in all that is said of them, and standard input is read like a file", async () => {
  const run = await runCli(["try", "-", "--json", "--step", "15m"], env, `${accessLog}\n`);
  assert.equal(run.code, 0, run.stderr);
  for (const key of fleet.keys) assert.ok(!`${run.stdout}${run.stderr}`.includes(rawKeyOf(key.key_id)));
  const found = JSON.parse(run.stdout) as {
    keys: number;
    pages: Told[];
    detectability: { key_id: string }[];
    not_judged: { gap: string; fix: string }[];
  };
  assert.equal(found.keys, 3);
  assert.deepEqual(
    found.pages.map(({ severity }) => ["critical", "error"].includes(severity)),
    [true],
  );
  assert.match(found.pages[0]!.key_id, /^fp_[0-9a-f]{16}$/);
  assert.ok(found.pages[0]!.summary.startsWith(found.pages[0]!.key_id));
  for (const { key_id: keyId } of found.detectability) assert.match(keyId, /^fp_[0-9a-f]{16}$/);
  assert.ok(!found.not_judged.some(({ gap }) => /only users/.test(gap)));
});
