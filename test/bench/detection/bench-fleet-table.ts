import { writeFileSync } from "node:fs";
import { addCounts, NO_DAYS, type DayCounts } from "./day-counts.js";
import { compareTables, deriveTable, formatTable, readTable } from "./fleet-table.js";
import { openBench } from "../open-bench.js";
import { orderFleets, TUNING_SEEDS } from "./protocol.js";
import { shareWork, showProgress } from "./share-work.js";

const FILE = "src/detect/fleet-defaults.json";
const FACTOR = 2;

const { given, report } = openBench<{ readonly keys: number; readonly write: true | undefined }>(
  "fleet-table",
  `Derives the fleet fractions of ${FILE} again, from the tuning seeds without attacks.`,
  { keys: { about: "keys, over all seeds", usual: 1600 }, write: { about: "write them to the file" } },
  () => TUNING_SEEDS,
);

const orders = orderFleets(TUNING_SEEDS, given.keys, 0);
const script = new URL("./fleet-table-worker.js", import.meta.url);
const sums = await shareWork<DayCounts>(script, orders, showProgress("benign fleets"));
const counts = sums.reduce(addCounts, NO_DAYS);
const shipped = readTable(FILE);
const derived = deriveTable(counts, shipped.about);
console.log(`${counts.days.toLocaleString("en-US")} benign key-days of seeds ${TUNING_SEEDS.join(", ")}\n`);
console.log(
  `Statistics that differ from ${FILE} by more than a factor of ${FACTOR} in a bin with enough exceedances:\n`,
);
console.log(compareTables(counts, derived, shipped, FACTOR));
if (given.write === true) {
  writeFileSync(FILE, formatTable(derived));
  console.log(`\n${FILE} was written.`);
}
report({ days: counts.days, derived });
