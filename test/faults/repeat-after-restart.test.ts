import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { freePort } from "../../src/local/services/free-port.js";
import { Secret } from "../../src/secret.js";
import { exactlyOnce } from "../../src/store/ingest/insert-requests.js";
import { openStore } from "../../src/store/store.js";
import { runCommand } from "../helpers/logged-command.js";
import { countEverywhere, everywhere } from "../helpers/rollup-sums.js";

const BLOCK = `
INSERT INTO requests (ts, key_id, observed_by, source_ip, route, status, count, ingest_source)
SELECT now64(3), 'k', 'gateway', toIPv6('203.0.113.9'), '/v1', 200, 1, 'gateway' FROM numbers(100)`;

// The first restart is the one that matters: until then ClickHouse names what migrations made as they left it, afterwards as it is stored.
test("a block that came before the first restart of ClickHouse and comes again after it is there once, in every table", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "plimsoll-restart-"));
  const address = { dataDir, httpPort: await freePort(), tcpPort: await freePort() };
  let server = await startClickHouse(address);
  const store = openStore(new Secret(server.url));
  t.after(async () => {
    await store.close();
    await server.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const ask = async <Row>(query: string) => (await store.client.query({ query, format: "JSONEachRow" })).json<Row>();
  const insert = () => store.client.command({ query: BLOCK, clickhouse_settings: exactlyOnce("a block") });
  const migrated = await runCommand(["migrate"], { ...process.env, CLICKHOUSE_URL: server.url });
  assert.equal(migrated.code, 0, migrated.output);
  const filled = { keys: "k", source: "gateway" };
  await insert();
  assert.deepEqual(await countEverywhere({ ask }, filled), everywhere(100));
  await server.kill();
  server = await startClickHouse(address);
  await insert();
  assert.deepEqual(await countEverywhere({ ask }, filled), everywhere(100));
});
