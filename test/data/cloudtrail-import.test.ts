import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { listLogFiles } from "../../src/import/list-log-files.js";
import { findInFiles, findInTables, findInText } from "../helpers/find-traces.js";
import { countEverywhere, everywhere } from "../helpers/rollup-sums.js";
import { startWholePlimsoll } from "../helpers/whole-plimsoll.js";

const EVENTS = 2815;
const KEYS = 133;
const DAY_MS = 86_400_000;
/** How a session token of AWS begins. */
const SESSION_TOKEN = "FwoGZXIvYXdzE";
/** Values of request and answer bodies in these logs that are as good as passwords. */
const TOKENS = /"(?:sessionToken|nextToken|clientToken|clientRequestToken)" ?: ?"([^"]{16,})"/gi;

test("CloudTrail of an attack exercise, imported twice into a whole Plimsoll, is there once and without its tokens", async (t) => {
  const dataFolder = process.env["TEST_DATA_DIR"] ?? "";
  assert.notEqual(dataFolder, "", "TEST_DATA_DIR is not set: npm run test:data -- --data DIR");
  const plimsoll = await startWholePlimsoll(t, { ownClickHouse: true });
  const folder = join(plimsoll.dir, "cloudtrail");
  mkdirSync(folder);
  execFileSync("tar", ["-xzf", join(dataFolder, "cloudtrail-invictus-2023.tgz"), "-C", folder]);
  const tokens = await putTokensBack(folder);
  assert.ok(Object.keys(tokens).length > 50 && Object.values(tokens).some((token) => token.startsWith(SESSION_TOKEN)));
  await plimsoll.startServe();
  await plimsoll.startWork();
  const at = new Date(Math.floor((Date.now() - DAY_MS) / 1000) * 1000);
  const importOnce = async () => {
    const { code, output } = await plimsoll.plimsoll(
      "import",
      "cloudtrail",
      folder,
      "--rebase",
      at.toISOString(),
      "--json",
    );
    assert.equal(code, 0, output);
    assert.deepEqual(findInText("output", output, tokens), []);
    await plimsoll.untilRecorded();
    return JSON.parse(output) as Record<string, unknown>;
  };

  await t.test("every event is stored, and sums to the same in every roll-up", async () => {
    const { accepted, rejected, repeated_batches: repeated } = await importOnce();
    assert.deepEqual({ accepted, rejected, repeated }, { accepted: EVENTS, rejected: 0, repeated: 0 });
    assert.deepEqual(await countEverywhere(plimsoll, { keys: "%", source: "gateway" }), everywhere(EVENTS));
    const [row] = await plimsoll.ask<{ keys: number; ids: number; last_ms: number }>(
      "SELECT uniqExact(key_id) AS keys, uniqExact(id) AS ids, toUnixTimestamp64Milli(max(ts)) AS last_ms FROM requests",
    );
    assert.deepEqual(row, { keys: KEYS, ids: EVENTS, last_ms: at.getTime() });
  });

  await t.test("the same files with the same T add nothing", async () => {
    const { batches, repeated_batches: repeated } = await importOnce();
    assert.equal(repeated, batches);
    assert.deepEqual(await countEverywhere(plimsoll, { keys: "%", source: "gateway" }), everywhere(EVENTS));
  });

  await t.test("no token of the logs is in ClickHouse, in Redis or in a log", async () => {
    const search = async (secrets: Record<string, string>) => [
      ...findInFiles(join(plimsoll.dir, "clickhouse"), secrets),
      ...(await findInTables(plimsoll, secrets)),
      ...findInFiles(join(plimsoll.dir, "redis"), secrets),
      ...findInText("logs", plimsoll.logs(), secrets),
    ];
    assert.deepEqual(await search(tokens), []);
    // The search finds what is there: the stolen key's public id.
    assert.ok((await search({ control: "ASIATFQR7NSC36DZQP7P" })).length > 2);
  });
});

/** Gives each session token that the publisher has blacked out a new one, and gives back all tokens of the logs. */
async function putTokensBack(folder: string): Promise<Record<string, string>> {
  const tokens = new Set<string>();
  for (const file of (await listLogFiles([folder])).files) {
    const text = readFileSync(file, "utf8").replaceAll(
      /("sessionToken" ?: ?")REDACTED"/g,
      (_, before: string) => `${before}${SESSION_TOKEN}${randomBytes(240).toString("base64")}"`,
    );
    writeFileSync(file, text);
    for (const [, token] of text.matchAll(TOKENS)) tokens.add(token ?? "");
  }
  return Object.fromEntries([...tokens].map((token, index) => [`token ${index}`, token]));
}
