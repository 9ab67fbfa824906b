import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../src/local/simulator/random.js";
import type { Breakable, House } from "./house.js";

/** One thing that goes wrong; settles when it is over. */
type Fault = (house: House, random: Random) => Promise<void>;

/** Everything that goes wrong in a round, by name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "serve is killed": async ({ serves }, random) => random.pick(serves).kill(),
  "serve is killed while it commits a body": async ({ serves, proxies }, random) => {
    const which = random.below(serves.length);
    const delayMs = random.below(25);
    await new Promise<void>((resolve) => proxies[which]!.onNextRequest(resolve));
    await pause(delayMs);
    await serves[which]!.kill();
  },
  "work is killed": async ({ works }, random) => random.pick(works).kill(),
  "every work is killed": async ({ works }) => {
    await Promise.all(works.map((work) => work.kill()));
  },
  "serve is asked to stop": async ({ serves }, random) => random.pick(serves).terminate(),
  "work is asked to stop": async ({ works }, random) => random.pick(works).terminate(),
  "Redis is killed": async ({ redis }, random) => restart(redis, random.whole(100, 2000)),
  "ClickHouse is killed": async ({ clickhouses }, random) => restart(random.pick(clickhouses), random.whole(100, 3000)),
  "Redis is frozen": async ({ redis }, random) => freeze(redis.pid(), random.whole(500, 4000)),
  "ClickHouse is frozen": async ({ clickhouses }, random) =>
    freeze(random.pick(clickhouses).pid(), random.whole(500, 5000)),
  // Longer than its jobs stay locked: another takes them over, and then it goes on where it was.
  "work is frozen until others do its jobs": async ({ works }, random) => freeze(random.pick(works).pid(), 27_000),
  "answers are lost": async ({ proxies }, random) => {
    for (const proxy of proxies) proxy.loseAnswers(random.whole(3, 20));
  },
};

async function restart(service: Breakable, downMs: number): Promise<void> {
  await service.kill();
  await pause(downMs);
  await service.start();
}

async function freeze(pid: number, ms: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await pause(ms);
  try {
    process.kill(pid, "SIGCONT");
  } catch {
    // It was killed meanwhile.
  }
}
