import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { addDays, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../../src/time/day.js";
import type { Secret } from "../../../src/secret.js";
import { fillFleet } from "../check-keys/fill-fleet.js";
import { STEADY_MINUTE } from "../check-keys/open-checks.js";
import { openBench } from "../open-bench.js";
import { onScratchStore } from "../scratch-store.js";
import { untilMerged } from "../until-merged.js";
import { readBytesPerKey } from "./bytes-per-key.js";
import { computeFleet, spreadKeys } from "./compute-fleet.js";
import type { MeasuredStep, StepOrder } from "./measured-step.js";
import { dayOf1000, sumSteps } from "./sum-steps.js";

interface Given {
  readonly keys: number;
  readonly rounds: number;
  readonly fleet: number;
  readonly shards: number;
}
const { given, report } = openBench<Given>(
  "scale",
  "What checking and learning one shard's keys takes in processors, memory and disk, and what follows from that for a large fleet.",
  {
    keys: { about: "keys of the shard, each used every minute", usual: 5000 },
    rounds: { about: "usual checks, 28 at most", usual: 20 },
    fleet: { about: "keys that it is computed for", usual: 1_000_000 },
    shards: { about: "shards that these are spread over", usual: 4 },
  },
);
if (given.rounds >= HOUR_MS / MINUTE_MS - STEADY_MINUTE)
  throw new Error("--rounds: the checks are of one hour, 28 at most");
const TRAFFIC_HOURS = 48;
/** A midnight that an hour of checks has passed since. */
const HOUR = dayStart(dayOf(Date.now() - 2 * HOUR_MS));
const DAY = addDays(dayOf(HOUR), -1);
const say = (text: string) => process.stderr.write(`${text}\n`);
const passed = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`;

await onScratchStore(async (store, pid, url) => {
  const { keys } = given;
  const startedAt = performance.now();
  await fillFleet(store, keys, HOUR, { historyHours: TRAFFIC_HOURS, learned: addDays(DAY, -1) });
  say(`${keys} keys filled in ${passed(startedAt)}`);
  await untilMerged(store);
  say(`merged after ${passed(startedAt)}`);
  const order = { keys, hour: HOUR, day: DAY, rounds: given.rounds, serverPid: pid };
  const steps: MeasuredStep[] = [];
  for (const work of ["learning", "checks"] as const) {
    steps.push(...(await inProcess(url, { ...order, work })));
    say(`${work} measured after ${passed(startedAt)}`);
  }
  const rows = sumSteps(steps);
  const bytes = await readBytesPerKey(store, keys, DAY);
  const per1000 = dayOf1000(rows, keys);
  const computed = computeFleet(rows, keys, spreadKeys(given.fleet, given.shards));
  console.log(`Measured, ${keys} keys:`);
  console.table(rows);
  console.log("Bytes on disk, by key:");
  console.table(bytes);
  console.log("CPU seconds of a day of 1,000 keys (60 checks and four times reading ahead an hour, and learning):");
  console.table([per1000]);
  console.log(`Computed, not measured: seconds for ${given.fleet} keys over ${given.shards} shards, by keys alone:`);
  console.table(computed);
  report({ keys, rows, bytes, per1000, computed });
});

/** Has a process of its own do that work and nothing else. */
async function inProcess(url: Secret, order: StepOrder): Promise<MeasuredStep[]> {
  const child = fork(fileURLToPath(new URL("./scale-process.js", import.meta.url)), [JSON.stringify(order)], {
    env: { ...process.env, CLICKHOUSE_URL: url.reveal() },
  });
  return new Promise((resolve, reject) => {
    let steps: MeasuredStep[] | null = null;
    child.on("message", (message) => (steps = message as MeasuredStep[]));
    child.on("error", reject);
    child.on("exit", (code) => {
      if (steps !== null && code === 0) resolve(steps);
      else reject(new Error(`the process for ${order.work} ended with ${code}`));
    });
  });
}
