import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startClickHouse } from "../../../src/local/services/embedded-clickhouse.js";
import { readBytesPerEvent, readRowsPerInsert } from "./read-storage.js";
import { insertBare, jsonBlocks } from "./bare-insert.js";
import { openDatabase, startFullPath } from "./full-path.js";
import { openBench } from "../open-bench.js";
import { bodiesOf, LIVE_SEEDS, liveEvents } from "./live-events.js";
import { sendLoad, type LoadResult } from "./load-client.js";
import { median, mediansOf } from "./medians.js";
import { countUsage, type Usage } from "./process-usage.js";

const { given, report } = openBench<{ readonly events: number; readonly singles: number; readonly rounds: number }>(
  "ingest",
  "How fast ingest is, in one run on one machine: (a) a bare INSERT of JSON into the same schema, in blocks as large as (b) makes; (a2) in blocks " +
    "of 100,000; (b) the full path with bodies of 5,000 events, until the last is in the roll-ups; (c) the same with bodies of one event; (d) a " +
    "bare route that only checks the token. Every round does all of it, since a machine is not the same all the time; medians are printed.",
  {
    events: { about: "events for (a) and (b)", usual: 300_000 },
    singles: { about: "events for (c) and (d)", usual: 40_000 },
    rounds: { about: "rounds", usual: 3 },
  },
  () => LIVE_SEEDS,
);
const { events: EVENTS, singles: SINGLES, rounds: ROUNDS } = given;
const PER_BODY = 5000;
/** Bodies under way at once in (b): enough to keep one serve busy. */
const SENDERS = 4;
const CONNECTIONS = 64;
const LARGE_BLOCK = 100_000;
const CALM_SHARE = 0.7;
const WARM_UP_SHARE = 0.2;

const WHATS = {
  a: "(a) bare INSERT, blocks as (b)",
  a2: "(a2) bare INSERT, 100,000 rows",
  b: "(b) full path, 5,000 a body",
  calm: "(b) at 70 % of the peak",
  c: "(c) full path, 1 a body",
  d: "(d) bare route, 1 a body",
} as const;
type Name = keyof typeof WHATS;

interface Row {
  readonly eventsPerSecond: number;
  readonly rowsPerInsert?: number;
  readonly p50?: number;
  readonly p99?: number;
}

interface UsageRow {
  readonly cpuPerMillion: Readonly<Record<string, number>>;
  readonly rssPeakMib: Readonly<Record<string, number>>;
}

interface Round {
  readonly rows: Readonly<Record<Name, Row>>;
  readonly usages: Readonly<Record<"b" | "calm" | "c" | "d", UsageRow>>;
  readonly bytesPerEvent: number;
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
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) rounds.push(await runRound(round));
  const rows = Object.entries(WHATS).map(([name, what]) =>
    Object.assign({ what }, mediansOf(rounds.map((round) => round.rows[name as Name]))),
  );
  const ratio = (over: Name, under: Name) =>
    Math.round(
      median(rounds.map((round) => round.rows[over].eventsPerSecond / round.rows[under].eventsPerSecond)) * 100,
    ) / 100;
  const ratios = { "b/a": ratio("b", "a"), "b/a2": ratio("b", "a2"), "c/d": ratio("c", "d") };
  const usages = (["b", "calm", "c", "d"] as const).map(
    (name) => [name, rounds.map((round) => round.usages[name])] as const,
  );
  const cpu = Object.fromEntries(
    usages.map(([name, of]) => [name, mediansOf(of.map(({ cpuPerMillion }) => cpuPerMillion))]),
  );
  const rssPeakMib = Object.fromEntries(
    usages.map(([name, of]) => [name, mediansOf(of.map((usage) => usage.rssPeakMib))]),
  );
  const bytesPerEvent = rounds[0]!.bytesPerEvent;
  console.log(`medians of ${ROUNDS} rounds`);
  console.table(rows);
  console.table(ratios);
  console.log("CPU seconds per million events");
  console.table(cpu);
  console.log("highest resident memory, MiB");
  console.table(rssPeakMib);
  console.log(`raw storage without id: ${bytesPerEvent} bytes per event`);
  report({ rows, ratios, cpu, rssPeakMib, bytesPerEvent });
}

/** Everything once, what is compared side by side. */
async function runRound(round: number): Promise<Round> {
  const large = (name: string) => bodiesOf(liveEvents(EVENTS, `${name}${round}`), PER_BODY);
  const b = await throughFullPath(`b${round}`, large("b"), EVENTS, { connections: SENDERS });
  const a = await bare(`a${round}`, large("a"), b.row.rowsPerInsert!);
  const a2 = await bare(`a2_${round}`, large("a2"), LARGE_BLOCK);
  const perSecond = (CALM_SHARE * b.row.eventsPerSecond) / PER_BODY;
  const calm = await throughFullPath(`calm${round}`, large("calm"), EVENTS, { connections: SENDERS, perSecond });
  const singles = (name: string) => bodiesOf(liveEvents(SINGLES, `${name}${round}`), 1);
  const c = await throughFullPath(`c${round}`, singles("c"), SINGLES, { connections: CONNECTIONS });
  const d = await bareRoute(singles("d"));
  return {
    rows: { a, a2, b: b.row, calm: calm.row, c: c.row, d: d.row },
    usages: { b: b.usage, calm: calm.usage, c: c.usage, d: d.usage },
    bytesPerEvent: b.bytesPerEvent,
  };
}

interface FullPathRun {
  readonly row: Row;
  readonly usage: UsageRow;
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
    // A process is slow in its first second, and is started once a month.
    const warmUp = bodies.slice(0, Math.ceil(bodies.length * WARM_UP_SHARE));
    await sendLoad({ ...path, connections: load.connections, bodies: warmUp.map(asAnother) });
    const warm = Math.round((warmUp.length / bodies.length) * events);
    await path.untilRecorded(warm);
    const ended = countUsage({ ...path.pids, client: process.pid });
    const startedAt = performance.now();
    const sent = await sendLoad({ ...path, ...load, bodies });
    await path.untilRecorded(warm + events);
    const seconds = (performance.now() - startedAt) / 1000;
    const usage = usageRow(ended(), events);
    const rowsPerInsert = await readRowsPerInsert(path.store);
    return {
      row: rowOf(events / seconds, sent, rowsPerInsert),
      usage,
      bytesPerEvent: await readBytesPerEvent(path.store),
    };
  } finally {
    await path.stop();
  }
}

async function bare(name: string, bodies: readonly Buffer[], rowsPerBlock: number): Promise<Row> {
  const { store } = await openDatabase(clickhouse, name);
  const blocks = jsonBlocks(bodies, rowsPerBlock);
  const seconds = await insertBare(store, blocks);
  await store.close();
  return { eventsPerSecond: Math.round(EVENTS / seconds), rowsPerInsert: rowsPerBlock };
}

async function bareRoute(bodies: readonly Buffer[]): Promise<{ readonly row: Row; readonly usage: UsageRow }> {
  const token = randomBytes(24).toString("hex");
  const server = fork(fileURLToPath(new URL("./bare-server.js", import.meta.url)), [token]);
  const [port] = (await once(server, "message")) as [number];
  const ended = countUsage({ serve: server.pid!, client: process.pid });
  const sent = await sendLoad({ url: `http://127.0.0.1:${port}`, token, bodies, connections: CONNECTIONS });
  const usage = usageRow(ended(), SINGLES);
  server.disconnect();
  return { row: rowOf(SINGLES / sent.seconds, sent), usage };
}

/** The same events in a body that is not the same. */
function asAnother(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.from(" ")]);
}

function rowOf(perSecond: number, { p50, p99 }: LoadResult, rowsPerInsert?: number): Row {
  const tenths = (ms: number) => Math.round(ms * 10) / 10;
  const row = { eventsPerSecond: Math.round(perSecond), p50: tenths(p50), p99: tenths(p99) };
  return rowsPerInsert === undefined ? row : { ...row, rowsPerInsert };
}

function usageRow({ cpu, rssPeakMib }: Usage, events: number): UsageRow {
  const perMillion = Object.entries(cpu).map(([name, seconds]) => [name, Math.round((seconds / events) * 1e7) / 10]);
  return { cpuPerMillion: Object.fromEntries(perMillion) as Record<string, number>, rssPeakMib };
}
