import { Secret } from "../../../src/secret.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { openChecks, QUARTER_MINUTES, STEADY_MINUTE } from "../check-keys/open-checks.js";
import { learnFilledDay } from "../learn/learn-filled-day.js";
import {
  LEARNING,
  measureStep,
  READING_AHEAD,
  READING_AHEAD_OF_HOUR,
  USUAL_CHECK,
  type MeasuredStep,
  type StepOrder,
} from "./measured-step.js";

// Does what `work` does and nothing else, so that its memory is that of `work`: `node scale-process.js <order>`, on the database of CLICKHOUSE_URL;
// gives its parent what each step took.
const order = JSON.parse(process.argv[2] ?? "") as StepOrder;
const store = openStore(new Secret(process.env["CLICKHOUSE_URL"] ?? ""));
const steps = await (order.work === "learning" ? learn(store, order) : check(store, order));
await store.close();
process.send?.(steps, () => process.disconnect());

async function learn(on: Store, { day, serverPid }: StepOrder): Promise<MeasuredStep[]> {
  return [await measureStep(LEARNING, serverPid, () => learnFilledDay(on, day))];
}

async function check(on: Store, { keys, hour, rounds, serverPid }: StepOrder): Promise<MeasuredStep[]> {
  const live = openChecks(on, { keys, hour });
  const measure = async (step: string, run: () => Promise<unknown>) => measureStep(step, serverPid, run);
  const taken = [
    await measure("check with nothing in memory", () => live.check(0)),
    await measure(READING_AHEAD_OF_HOUR, () => live.prepare(0)),
  ];
  await live.fillUntil(1);
  taken.push(await measure("first check of an hour", () => live.check(1)));
  const ahead = async (prepare: () => Promise<void>) => taken.push(await measure(READING_AHEAD, prepare));
  await live.checkUntilSteady(ahead);
  let findings = 0;
  for (let i = 1; i <= rounds; i += 1) {
    const minute = STEADY_MINUTE + i;
    await live.fillUntil(minute);
    taken.push(await measure(USUAL_CHECK, async () => (findings = await live.check(minute))));
    if (minute % QUARTER_MINUTES === 0) await ahead(() => live.prepare(minute));
  }
  if (findings === 0) throw new Error("the fleet's thefts were not found: a check of nothing was measured");
  return taken;
}
