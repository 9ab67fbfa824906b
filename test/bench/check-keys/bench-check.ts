import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startClickHouse } from "../../../src/local/services/embedded-clickhouse.js";
import { Secret } from "../../../src/secret.js";
import { migrate } from "../../../src/store/clickhouse/migrate.js";
import { openStore } from "../../../src/store/store.js";
import { HOUR_MS } from "../../../src/time/day.js";
import { scratchDatabase } from "../../helpers/services.js";
import { openBench } from "../open-bench.js";
import { fillFleet } from "./fill-fleet.js";
import { measureChecks } from "./measure-checks.js";

const { given, report } = openBench<{ readonly keys: number; readonly rounds: number }>(
  "check",
  "What one check of all keys costs, beside a bare GROUP BY of the same hour in the same run.",
  {
    keys: { about: "keys that are watched", usual: 10_000 },
    rounds: { about: "checks and bare queries in turn, of which the median counts", usual: 9 },
  },
);
/** An hour that has passed by now, and not a day ago: what is first used then is dated by its minute, as what comes in live is. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;

const directory = mkdtempSync(join(tmpdir(), "plimsoll-bench-"));
const started =
  (process.env["CLICKHOUSE_URL"] ?? "") === ""
    ? await startClickHouse({ dataDir: join(directory, "clickhouse") })
    : null;
process.env["CLICKHOUSE_URL"] ??= "";
if (started !== null) process.env["CLICKHOUSE_URL"] = started.url;
process.env["REDIS_URL"] ??= "none";
try {
  const database = await scratchDatabase();
  await migrate(new Secret(database.url));
  const store = openStore(new Secret(database.url));
  const startedAt = performance.now();
  // What comes later comes in minute by minute, as the checks go on.
  await fillFleet(store, given.keys, HOUR);
  process.stderr.write(`${given.keys} keys filled in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  const figures = await measureChecks(store, { keys: given.keys, hour: HOUR }, given.rounds);
  console.table(figures.table);
  report({ keys: given.keys, ...figures });
  await store.close();
  await database.drop();
} finally {
  await started?.stop();
  rmSync(directory, { recursive: true, force: true });
}
