import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { startClickHouse } from "../../src/local/services/embedded-clickhouse.js";
import { networksCsv } from "../../src/local/simulator/networks.js";
import { simulateFleet } from "../../src/local/simulator/simulate-fleet.js";
import { parseKey } from "../../src/model/key/parse-key.js";
import { planKeys } from "../../src/model/key/plan-keys.js";
import { loadHistory } from "../../src/pipeline/replay/load-history.js";
import { openParseThreads } from "../../src/pipeline/replay/parse-threads.js";
import { AS_OF, replayChecks } from "../../src/pipeline/replay/replay-checks.js";
import { Secret } from "../../src/secret.js";
import { createScratchDatabase } from "../../src/store/clickhouse/scratch-database.js";
import { openStore } from "../../src/store/store.js";
import { openBench } from "./open-bench.js";
import { timeStore } from "../helpers/observe-store.js";
import { budgetPer1000 } from "../helpers/budget-per-1000.js";

const DAY_MS = 86_400_000;
const END = Date.UTC(2026, 2, 8);
const SEED = 5;
const { given, report } = openBench<{ readonly keys: number; readonly days: number }>(
  "backtest",
  "How fast a backtest is: loading, raw and all roll-ups, against a bare INSERT of the same file in the same run, then minute checks. " +
    "The table of calls says where the time of the checks goes.",
  { keys: { about: "keys of the fleet", usual: 60 }, days: { about: "days of traffic", usual: 4 } },
  () => [SEED],
);

const directory = mkdtempSync(join(tmpdir(), "plimsoll-bench-backtest-"));
const server = await startClickHouse({ dataDir: join(directory, "clickhouse") });
const scratch = await createScratchDatabase(new Secret(server.url));
const store = openStore(scratch.url);
try {
  await bench();
} finally {
  await store.close();
  await scratch.drop();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const fleet = simulateFleet({
    seed: SEED,
    keys: given.keys,
    from: END - given.days * DAY_MS,
    to: END,
    attacks: 3,
  });
  const [events, networksFile] = [join(directory, "events.ndjson"), join(directory, "networks.csv")];
  const lines = function* () {
    for (const batch of fleet.batches(20_000)) yield batch.lines;
  };
  await pipeline(Readable.from(lines(), { objectMode: false }), createWriteStream(events));
  writeFileSync(networksFile, networksCsv(fleet.networks));
  const parsed = fleet.keys.map((row) => parseKey(row, 0)).filter((row) => "key" in row);
  const { versions, token } = planKeys(parsed, []);
  await store.registry.insertKeys(versions, token);

  const bare = await timed(() => insertBare(events));
  const threads = openParseThreads({ versions, peppers: [], networksFile }, availableParallelism());
  const bytes = createReadStream(events, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  let accepted = 0;
  const load = await timed(async () => {
    ({ accepted } = await loadHistory({ store, threads }, bytes));
  });
  await threads.close();

  const calls = new Map<string, { calls: number; ms: number }>();
  let keyMinutes = 0;
  const check = await timed(async () => {
    const wish = { from: 0, to: AS_OF, stepMinutes: 1 };
    const deps = {
      // How long answers were waited for: calls side by side add up.
      store: timeStore(store, (name, ms) => {
        const known = calls.get(name) ?? { calls: 0, ms: 0 };
        calls.set(name, { calls: known.calls + 1, ms: known.ms + ms });
      }),
      budget: budgetPer1000(0.1, 10),
      unregisteredKeys: 20_000,
      signal: new AbortController().signal,
      onTick: () => undefined,
      onStep: async () => undefined,
    };
    ({ keyMinutes } = await replayChecks(deps, wish));
  });
  const result = {
    events: accepted,
    bareInsertPerSecond: Math.round(accepted / bare.seconds),
    loadPerSecond: Math.round(accepted / load.seconds),
    loadRatio: Math.round((bare.seconds / load.seconds) * 100) / 100,
    keyHours: Math.round(keyMinutes / 60),
    keyHoursPerSecond: Math.round(keyMinutes / 60 / check.seconds),
    checkSeconds: Math.round(check.seconds * 10) / 10,
  };
  console.table([result]);
  // Processor time does not depend on who else uses the machine.
  console.table({ "bare insert": bare, load, check });
  const longest = [...calls].toSorted(([, a], [, b]) => b.ms - a.ms);
  console.table(longest.map(([call, { calls: count, ms }]) => ({ call, calls: count, waitedMs: Math.round(ms) })));
  report(result);
}

/** The file as it is into the raw table alone: no view, no check of its fields. */
async function insertBare(events: string): Promise<void> {
  await store.client.command({ query: "CREATE TABLE bare AS requests" });
  const { stream } = await store.client.exec({
    query: "INSERT INTO bare FORMAT JSONEachRow",
    values: createReadStream(events, { highWaterMark: 1 << 20 }),
    clickhouse_settings: {
      input_format_skip_unknown_fields: 1,
      max_partitions_per_insert_block: "0",
      insert_deduplicate: 0,
    },
  });
  for await (const _ of stream) continue;
}

interface Timed {
  readonly seconds: number;
  /** Processor seconds of this process, with its threads, and of ClickHouse. */
  readonly ownCpu: number;
  readonly clickhouseCpu: number;
}

async function timed(work: () => Promise<void>): Promise<Timed> {
  const [startedAt, own, clickhouse] = [performance.now(), process.cpuUsage(), cpuOf(server.pid)];
  await work();
  const { user, system } = process.cpuUsage(own);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, ownCpu: (user + system) / 1e6, clickhouseCpu: cpuOf(server.pid) - clickhouse };
}

/** Processor seconds of a process, from Linux' /proc in hundredths; NaN elsewhere. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return NaN;
  }
}
