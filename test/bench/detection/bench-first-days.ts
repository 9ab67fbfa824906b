import { writeFileSync } from "node:fs";
import { addCounts, NO_DAYS, type DayCounts } from "./day-counts.js";
import { compareTables, deriveTable, formatTable, readTable, scaleTable } from "./fleet-table.js";
import { openBench } from "../open-bench.js";
import { TUNING_SEEDS, type FleetOrder } from "./protocol.js";
import { shareWork, showProgress } from "./share-work.js";

/** A team's fleet: forty keys have a history, others are first used after two weeks. */
const NEW_KEYS = 24;
const FLEET_KEYS = 40 + NEW_KEYS;
const FACTOR = 2;
/** Of a hundred key-days so many are the first two of a new key, where one key in ten is born in five weeks; three in ten of these were created well before. */
const FIRST_DAY_SHARE = (0.1 * 2) / 35;
const SHARES = { new: 0.7 * FIRST_DAY_SHARE, dormant: 0.3 * FIRST_DAY_SHARE } as const;

const { given, report } = openBench<{ readonly fleets: number; readonly write: true | undefined }>(
  "first-days",
  "Derives the fractions of first days in src/detect/first-days-*.json again, from new keys of small fleets of the tuning seeds.",
  { fleets: { about: `fleets of ${FLEET_KEYS} keys`, usual: 48 }, write: { about: "write them to the files" } },
  () => TUNING_SEEDS,
);

const orders = Array.from({ length: given.fleets }, (_, i): FleetOrder => {
  const seed = 1000 * TUNING_SEEDS[i % TUNING_SEEDS.length]! + Math.floor(i / TUNING_SEEDS.length);
  return { seed, keys: FLEET_KEYS, attacksPerKind: 0, kinds: [], newcomers: NEW_KEYS };
});
const script = new URL("./first-days-worker.js", import.meta.url);
const sums = await shareWork<Record<"new" | "dormant", DayCounts>>(script, orders, showProgress("new keys"));
const found = (["new", "dormant"] as const).map((kind) => {
  const counts = sums.map((sum) => sum[kind]).reduce(addCounts, NO_DAYS);
  const file = `src/detect/first-days-${kind}.json`;
  const shipped = readTable(file);
  const about =
    `Share of all key-days that are the first two of a ${kind === "new" ? "new key" : "key created well before its first use"} and reached a bin, ` +
    `from ${counts.days} first days of simulated fleets: npm run bench:first-days -- --write`;
  const derived = scaleTable(deriveTable(counts, about), SHARES[kind]);
  console.log(`${counts.days.toLocaleString("en-US")} first days, ${kind}; against ${file}:\n`);
  console.log(`${compareTables(counts, derived, shipped, FACTOR)}\n`);
  if (given.write === true) writeFileSync(file, formatTable(derived));
  return { kind, days: counts.days, derived };
});
report({ found });
