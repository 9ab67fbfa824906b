import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseNetworks } from "../../src/model/network/network-table.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { loadHistory } from "../../src/pipeline/replay/load-history.js";
import { openParseThreads } from "../../src/pipeline/replay/parse-threads.js";
import { Secret } from "../../src/secret.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { createScratchDatabase } from "../../src/store/clickhouse/scratch-database.js";
import { openStore, type Store } from "../../src/store/store.js";
import { rules } from "../helpers/ingest-rules.js";
import { NETWORKS, randomEvents } from "../helpers/random-events.js";
import { rollups } from "../helpers/rollup-sums.js";
import { scratchDatabase, testServices } from "../helpers/services.js";

const NOW = Date.UTC(2026, 2, 8);
/** Texts that a format could spoil, more distinct ones than a byte can number, and numbers of every size. */
const ODD = Array.from({ length: 700 }, (_, i) => ({
  ts: NOW - i * 3_600_000,
  key_id: `odd "key" \\ ${i % 7}`,
  id: i % 3 === 0 ? `id-${i}` : undefined,
  principal: i % 5 === 0 ? `role ${i % 3}` : undefined,
  parent_key_id: i % 4 === 0 ? `parent ${i % 3}` : undefined,
  tls_fingerprint: i % 2 === 0 ? `t13d1516h2_${i % 9}` : undefined,
  user_agent: `agent ${i} ${"é✓\u{1f6a2}\t\\N'".repeat(i % 5)}`,
  route: "/x".repeat(i % 90),
  latency_ms: i / 7,
  bytes: 2 ** 40 - i,
  units: i * 1e6,
  count: 1 + i,
  region: i % 2 === 0 ? "eu" : "",
}));

/** How many rows a table has, and a sum over what each of them holds, but for the clock of the database. */
async function contentOf(store: Store, table: string): Promise<unknown> {
  const clock =
    table === "requests" ? " EXCEPT ingested_at" : table === "ingest_coverage" ? " EXCEPT last_ingested_at" : "";
  const final = table === "requests" ? "" : " FINAL";
  const query = `SELECT count() AS rows, toString(sum(sipHash64(*${clock}))) AS content FROM ${table}${final}`;
  return (await store.client.query({ query, format: "JSONEachRow" })).json();
}

test("a loaded history leaves the very rows, roll-ups, first uses and heard minutes that live ingest leaves of the same events", async (t) => {
  const ends: (() => unknown)[] = [];
  t.after(async () => {
    for (const end of ends.toReversed()) await end();
  });
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-history-"));
  ends.push(() => rmSync(dir, { recursive: true, force: true }));
  const networksFile = join(dir, "networks.csv");
  writeFileSync(networksFile, NETWORKS);
  const lines = [...randomEvents(5, 6000, "k", NOW, 45).lines, ...ODD.map((event) => JSON.stringify(event))];
  const body = Buffer.from(lines.join("\n"));

  const live = await scratchDatabase();
  ends.push(() => live.drop());
  await migrate(new Secret(live.url));
  const liveStore = openStore(new Secret(live.url));
  ends.push(() => liveStore.close());
  const { table } = parseNetworks(NETWORKS);
  const accepted = acceptEvents(body, "ndjson", rules({ networkOf: (address) => table.lookup(address) }));
  assert.ok(accepted.kind === "events" && accepted.rejected === 0);
  for (const [i, block] of blocksOf([{ source: "backtest", events: accepted.events }]).entries())
    await insertPieces(liveStore.client, [block.data], `live:${i}`);

  const scratch = await createScratchDatabase(new Secret(testServices().clickhouseUrl));
  ends.push(() => scratch.drop());
  const store = openStore(scratch.url);
  ends.push(() => store.close());
  const threads = openParseThreads({ versions: [], peppers: [], networksFile }, 2);
  ends.push(() => threads.close());
  const pieces = async function* () {
    for (let i = 0; i < body.length; i += 77_777) yield body.subarray(i, i + 77_777);
  };
  // Summed up in many spans of days.
  const { insertHistory, fillRollups } = store.replay;
  const inSpans = { replay: { insertHistory, fillRollups: () => fillRollups(500) } };
  const loaded = await loadHistory({ store: inSpans, threads }, pieces());
  assert.deepEqual([loaded.read, loaded.accepted, loaded.refused.size], [lines.length, lines.length, 0]);
  for (const name of ["requests", ...rollups, "first_seen", "ingest_coverage"]) {
    assert.deepEqual(await contentOf(store, name), await contentOf(liveStore, name), name);
  }
});
