import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { addCounts, NO_DAYS, type DayCounts } from "./day-counts.js";
import { compareTables, deriveTable, formatTable, readTable } from "./fleet-table.js";
import { orderFleets, TUNING_SEEDS } from "./protocol.js";
import { shareWork, showProgress } from "./share-work.js";

// Derives the fleet fractions of src/detect/fleet-defaults.json again, from the tuning seeds without attacks:
// npm run bench:fleet-table -- [--keys N] [--write]

const FILE = "src/detect/fleet-defaults.json";
const FACTOR = 2;

const { values: given } = parseArgs({
  options: { keys: { type: "string", default: "1600" }, write: { type: "boolean", default: false } },
});

const orders = orderFleets(TUNING_SEEDS, Number(given.keys), 0);
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
if (given.write) {
  writeFileSync(FILE, formatTable(derived));
  console.log(`\n${FILE} was written.`);
}
