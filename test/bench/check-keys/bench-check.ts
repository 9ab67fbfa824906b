import { HOUR_MS } from "../../../src/time/day.js";
import { openBench } from "../open-bench.js";
import { onScratchStore } from "../scratch-store.js";
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

await onScratchStore(async (store) => {
  const startedAt = performance.now();
  // What comes later comes in minute by minute, as the checks go on.
  await fillFleet(store, given.keys, HOUR);
  process.stderr.write(`${given.keys} keys filled in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  const figures = await measureChecks(store, { keys: given.keys, hour: HOUR }, given.rounds);
  console.table(figures.table);
  report({ keys: given.keys, ...figures });
});
