import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startClickHouse } from "../../../src/local/embedded-clickhouse.js";
import type { Store } from "../../../src/store/store.js";
import { insertBare, jsonBlocks } from "./bare-insert.js";
import { openDatabase, startFullPath, type FullPath } from "./full-path.js";
import { bodiesOf, liveEvents } from "./live-events.js";
import { sendLoad, type LoadResult } from "./load-client.js";
import { countUsage, type Usage } from "./process-usage.js";

/**
 * How fast ingest is, in one run on one machine: (a) a bare INSERT of JSON into the same schema, in blocks as large as (b) makes; (a2) in blocks of
 * 100,000; (b) the full path with bodies of 5,000 events, until the last is in the roll-ups; (c) the same with bodies of one event; (d) a bare route
 * that only checks the token. --events N for (a) and (b), --singles N for (c) and (d).
 */
const { values } = parseArgs({
  options: {
    events: { type: "string", default: "400000" },
    singles: { type: "string", default: "40000" },
    json: { type: "boolean", default: false },
  },
});
const EVENTS = Number(values.events);
const SINGLES = Number(values.singles);
const PER_BODY = 5000;
/** Bodies under way at once in (b): enough to keep one serve busy. */
const SENDERS = 4;
const CONNECTIONS = 64;
const LARGE_BLOCK = 100_000;
const CALM_SHARE = 0.7;

interface Row {
  readonly what: string;
  readonly eventsPerSecond: number;
  readonly rowsPerInsert?: number;
  readonly p50?: number;
  readonly p99?: number;
}

const dir = mkdtempSync(join(tmpdir(), "plimsoll-bench-ingest-"));
const clickhouse = await startClickHouse({ dataDir: join(dir, "clickhouse") });
try {
  await bench();
} finally {
  await clickhouse.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const b = await throughFullPath("b", bodiesOf(liveEvents(EVENTS, "b"), PER_BODY), EVENTS, { connections: SENDERS });
  const calm = await throughFullPath("calm", bodiesOf(liveEvents(EVENTS, "calm"), PER_BODY), EVENTS, {
    connections: SENDERS,
    perSecond: (CALM_SHARE * b.row.eventsPerSecond) / PER_BODY,
  });
  const a = await bare("a", b.row.rowsPerInsert!);
  const a2 = await bare("a2", LARGE_BLOCK);
  const c = await throughFullPath("c", bodiesOf(liveEvents(SINGLES, "c"), 1), SINGLES, { connections: CONNECTIONS });
  const d = await bareRoute();
  const rows = [
    { ...a, what: "(a) bare INSERT, blocks as (b)" },
    { ...a2, what: "(a2) bare INSERT, 100,000 rows" },
    { ...b.row, what: "(b) full path, 5,000 a body" },
    { ...calm.row, what: "(b) at 70 % of the peak" },
    { ...c.row, what: "(c) full path, 1 a body" },
    { ...d.row, what: "(d) bare route, 1 a body" },
  ];
  const ratio = (over: Row, under: Row) => Math.round((over.eventsPerSecond / under.eventsPerSecond) * 100) / 100;
  const ratios = { "b/a": ratio(b.row, a), "b/a2": ratio(b.row, a2), "c/d": ratio(c.row, d.row) };
  const cpu = { b: perMillion(b.usage, EVENTS), c: perMillion(c.usage, SINGLES), d: perMillion(d.usage, SINGLES) };
  const rssPeakMib = { b: b.usage.rssPeakMib, c: c.usage.rssPeakMib };
  console.table(rows);
  console.table(ratios);
  console.log("CPU seconds per million events");
  console.table(cpu);
  console.log("highest resident memory, MiB");
  console.table(rssPeakMib);
  console.log(`raw storage without id: ${b.bytesPerEvent} bytes per event`);
  if (values.json) {
    const result = { bench: "ingest", rows, ratios, cpu, rssPeakMib, bytesPerEvent: b.bytesPerEvent };
    console.log(JSON.stringify(result));
  }
}

interface FullPathRun {
  readonly row: Row;
  readonly usage: Usage;
  readonly bytesPerEvent: number;
}

async function throughFullPath(
  name: string,
  bodies: readonly Buffer[],
  events: number,
  load: { readonly connections: number; readonly perSecond?: number },
): Promise<FullPathRun> {
  const path = await startFullPath(clickhouse, dir, name);
  try {
    const ended = countUsage({ ...path.pids, client: process.pid });
    const startedAt = performance.now();
    const sent = await sendLoad({ ...path, ...load, bodies });
    await path.untilRecorded(events);
    const seconds = (performance.now() - startedAt) / 1000;
    const usage = ended();
    const rowsPerInsert = await readRowsPerInsert(path);
    return {
      row: rowOf(name, events / seconds, sent, rowsPerInsert),
      usage,
      bytesPerEvent: await readBytesPerEvent(path.store),
    };
  } finally {
    await path.stop();
  }
}

async function bare(name: string, rowsPerBlock: number): Promise<Row> {
  const { store } = await openDatabase(clickhouse, name);
  const blocks = jsonBlocks(bodiesOf(liveEvents(EVENTS, name), PER_BODY), rowsPerBlock);
  const seconds = await insertBare(store, blocks);
  await store.close();
  return { what: name, eventsPerSecond: Math.round(EVENTS / seconds), rowsPerInsert: rowsPerBlock };
}

async function bareRoute(): Promise<{ readonly row: Row; readonly usage: Usage }> {
  const token = "a token for the bare route";
  const server = fork(fileURLToPath(new URL("bare-server.js", import.meta.url)), [token.replaceAll(" ", "-")]);
  const [port] = (await once(server, "message")) as [number];
  const ended = countUsage({ serve: server.pid!, client: process.pid });
  const sent = await sendLoad({
    url: `http://127.0.0.1:${port}`,
    token: token.replaceAll(" ", "-"),
    bodies: bodiesOf(liveEvents(SINGLES, "d"), 1),
    connections: CONNECTIONS,
  });
  const usage = ended();
  server.disconnect();
  return { row: rowOf("d", SINGLES / sent.seconds, sent), usage };
}

function rowOf(what: string, perSecond: number, { p50, p99 }: LoadResult, rowsPerInsert?: number): Row {
  const tenths = (ms: number) => Math.round(ms * 10) / 10;
  const row = { what, eventsPerSecond: Math.round(perSecond), p50: tenths(p50), p99: tenths(p99) };
  return rowsPerInsert === undefined ? row : { ...row, rowsPerInsert };
}

function perMillion({ cpu }: Usage, events: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(cpu).map(([name, seconds]) => [name, Math.round((seconds / events) * 1e7) / 10]),
  );
}

/** All rows of one insert have one instant of ingestion. */
async function readRowsPerInsert({ store }: FullPath): Promise<number> {
  return readNumber(store, "SELECT toUInt32(count() / uniqExact(ingested_at)) AS n FROM requests");
}

async function readBytesPerEvent(store: Store): Promise<number> {
  await store.client.command({ query: "OPTIMIZE TABLE requests FINAL" });
  return readNumber(
    store,
    `SELECT round(sum(column_data_compressed_bytes) / (SELECT count() FROM requests), 1) AS n FROM system.parts_columns
     WHERE database = currentDatabase() AND table = 'requests' AND active AND column != 'id'`,
  );
}

async function readNumber(store: Store, query: string): Promise<number> {
  const [row] = await (await store.client.query({ query, format: "JSONEachRow" })).json<{ n: number }>();
  return Number(row?.n);
}
