import { Secret } from "../../../src/secret.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { openChecks, QUARTER_MINUTES, STEADY_MINUTE } from "../check-keys/open-checks.js";
import { learnFilledDay } from "../learn/learn-filled-day.js";
import {
  LEARNING,
  measureStep,
  READING_AHEAD,
  READING_AHEAD_OF_DAY,
  READING_AHEAD_OF_HOUR,
  USUAL_CHECK,
  type MeasuredStep,
  type StepOrder,
} from "./measured-step.js";

const HOUR_MINUTES = 60;

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
    await measure(READING_AHEAD_OF_DAY, () => live.prepare(0)),
  ];
  const checkFirst = async (minute: number, of: string) => {
    await live.fillUntil(minute);
    taken.push(await measure(`first check of ${of}`, () => live.check(minute)));
  };
  await checkFirst(1, "a day");
  const ahead = async (prepare: () => Promise<void>) => taken.push(await measure(READING_AHEAD, prepare));
  await live.checkUntilSteady(ahead);
  let findings = 0;
  for (let i = 1; i <= rounds; i += 1) {
    const minute = STEADY_MINUTE + i;
    await live.fillUntil(minute);
    taken.push(await measure(USUAL_CHECK, async () => (findings = await live.check(minute))));
    if (minute % QUARTER_MINUTES === 0) await ahead(() => live.prepare(minute));
  }
  await live.fillUntil(HOUR_MINUTES);
  await live.check(HOUR_MINUTES);
  taken.push(await measure(READING_AHEAD_OF_HOUR, () => live.prepare(HOUR_MINUTES)));
  await checkFirst(HOUR_MINUTES + 1, "an hour");
  if (findings === 0) throw new Error("the fleet's thefts were not found: a check of nothing was measured");
  return taken;
}
