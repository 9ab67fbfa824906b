import type { Store } from "../../../src/store/store.js";
import { addDays, DAY_MS, dayOf, dayStart } from "../../../src/time/day.js";
import { timeStore } from "../../helpers/observe-store.js";
import { fillFleet } from "../check-keys/fill-fleet.js";
import { countUsage } from "../ingest/process-usage.js";
import { openBench } from "../open-bench.js";
import { onScratchStore } from "../scratch-store.js";
import { learnFilledDay } from "./learn-filled-day.js";

const { given, report } = openBench<{ readonly keys: number; readonly rounds: number }>(
  "learn",
  "What learning a closed day of all keys costs, with four weeks of learned days before it.",
  {
    keys: { about: "keys that are learned", usual: 2000 },
    rounds: { about: "times that the same day is learned, of which the cheapest counts", usual: 3 },
  },
);
/** The newest closed day, UTC; it and the day before it have traffic. */
const DAY = addDays(dayOf(Date.now()), -1);
const TRAFFIC_HOURS = 48;

const round = (value: number) => Math.round(value * 100) / 100;

/** What one learning took. */
interface Round {
  readonly seconds: number;
  readonly nodeCpu: number;
  readonly serverCpu: number | null;
  readonly msByReader: Readonly<Record<string, number>>;
}

await onScratchStore(async (store, pid) => {
  const startedAt = performance.now();
  const filled = { historyHours: TRAFFIC_HOURS, learned: addDays(DAY, -1) };
  await fillFleet(store, given.keys, dayStart(DAY) + DAY_MS, filled);
  process.stderr.write(`${given.keys} keys filled in ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  const rounds: Round[] = [];
  for (let i = 0; i < given.rounds; i += 1) rounds.push(await learn(store, pid));
  const cheapest = rounds.toSorted((a, b) => a.nodeCpu - b.nodeCpu)[0]!;
  const table = {
    seconds: round(cheapest.seconds),
    "CPU seconds of Node.js": round(cheapest.nodeCpu),
    "CPU seconds of ClickHouse": cheapest.serverCpu === null ? null : round(cheapest.serverCpu),
    "CPU seconds of Node.js per 1,000 key-days": round((cheapest.nodeCpu / given.keys) * 1000),
    "key-days a second": Math.round(given.keys / cheapest.seconds),
    "highest resident memory, MB": Math.round(process.resourceUsage().maxRSS / 1000),
  };
  console.table(table);
  report({ keys: given.keys, table, msByReader: cheapest.msByReader });
});

async function learn(store: Store, pid: number | null): Promise<Round> {
  const spent: Record<string, number> = {};
  const noting = timeStore(store, (name, ms) => (spent[name] = Math.round((spent[name] ?? 0) + ms)));
  const [used, usedAt] = [process.cpuUsage(), pid === null ? null : countUsage({ server: pid })];
  const startedAt = performance.now();
  await learnFilledDay(noting, DAY);
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(used);
  return {
    seconds,
    nodeCpu: (user + system) / 1_000_000,
    serverCpu: usedAt === null ? null : usedAt().cpu["server"]!,
    msByReader: spent,
  };
}
