import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { parseRequestEvent } from "../../src/model/event/parse-request-event.js";
import { recordEvents, type RecordDeps } from "../../src/pipeline/ingest/record-events.js";
import type { Salvaged } from "../../src/pipeline/ingest/salvage-block.js";
import { Secret } from "../../src/secret.js";
import type { IngestBufferBlock } from "../../src/store/ingest/ingest-buffer.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { blockOf } from "../../src/store/ingest/request-block.js";
import { openRequestWriter } from "../../src/store/ingest/request-writer.js";
import { openStore } from "../../src/store/store.js";
import { rules } from "../helpers/ingest-rules.js";
import { scratchDatabase } from "../helpers/services.js";

const NOW = Date.now();

function eventNamed(keyId: string, changed: Partial<RequestEvent> = {}): RequestEvent {
  const parsed = parseRequestEvent({ ts: NOW, key_id: keyId, source_ip: "203.0.113.9" }, rules());
  assert.ok(parsed.kind === "event");
  return { ...parsed.event, ...changed };
}

/** Past what is validated: as if a fault of ours had let it through. */
const BAD: Readonly<Record<number, Partial<RequestEvent>>> = {
  7: { sourceIp: "not an address", id: "it's \\ odd" },
  8: { sourceIp: "not an address" },
  400: { observedBy: "nobody" as "gateway" },
};

test("of a block with bad rows the good ones land once in every table, and the bad ones are kept with the reason", async (t) => {
  const database = await scratchDatabase();
  t.after(() => database.drop());
  await migrate(new Secret(database.url));
  const store = openStore(new Secret(database.url));
  t.after(() => store.close());
  const ask = async (query: string) => (await store.client.query({ query, format: "JSONEachRow" })).json();

  const events = Array.from({ length: 500 }, (_, index) => eventNamed(`key ${index}`, BAD[index] ?? {}));
  const pieces = [0, 250].map((from) => blockOf([{ source: "acme", events: events.slice(from, from + 250) }]).data);
  const broken = gzipSync(Buffer.from("no rows at all"));
  const block: IngestBufferBlock = {
    id: `block-${NOW}.0`,
    rows: 500,
    since: NOW,
    heartbeats: [],
    counts: [],
    pieces: [pieces[0]!, broken, pieces[1]!],
  };
  const salvaged: Salvaged[] = [];
  const deps: RecordDeps = {
    ingestBuffer: { read: async () => block, forget: async () => 0 },
    writerOf: (shard) => openRequestWriter(store, shard),
    pause: async () => assert.fail("there is nothing to wait for"),
    onProblem: () => undefined,
    onSalvaged: (_block, what) => void salvaged.push(what),
    onRecorded: () => undefined,
  };
  // The second time is what a worker does that takes the block over from one that died.
  await recordEvents(deps, block.id);
  await recordEvents(deps, block.id);
  assert.deepEqual(salvaged, [
    { badRows: 3, badPieces: 1 },
    { badRows: 3, badPieces: 1 },
  ]);
  for (const table of ["usage_minutes", "source_hours", "route_minutes"]) {
    assert.deepEqual(await ask(`SELECT toUInt32(sum(requests)) AS n FROM ${table}`), [{ n: 497 }], table);
  }
  assert.deepEqual(await ask("SELECT toUInt32(count()) AS n, toUInt32(uniqExact(key_id)) AS keys FROM requests"), [
    { n: 497, keys: 497 },
  ]);
  const kept = (await ask("SELECT toInt32(row) AS row, reason, event FROM quarantined_events ORDER BY row")) as {
    row: number;
    reason: string;
    event: string;
  }[];
  assert.deepEqual(
    kept.map(({ row }) => row),
    [-2, 7, 8, 400],
  );
  assert.equal(kept[0]?.event, broken.toString("base64"));
  assert.equal((JSON.parse(kept[1]?.event ?? "") as { id: string }).id, "it's \\ odd");
  assert.match(kept[1]?.reason ?? "", /IPv6/);
  assert.match(kept[3]?.reason ?? "", /nobody|enum/i);
});
