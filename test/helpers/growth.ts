const TIMES = 16;
/** Linear work takes 16 times as long, quadratic work 256 times. */
const MOST = 64;
/** Below it a clock of microseconds says little. */
const LEAST_MS = 0.1;
const RUNS = 2;
const TRIES = 3;

/**
 * Says by how much the time of a work on a text grows with the text: null where 16 times the text takes far less than 64 times as long, else
 * both times. It compares the least CPU time of some runs, which a busy machine changes little, and tries again before it says so.
 */
export function tellGrowth(prepare: (length: number) => () => unknown, length = 4096): string | null {
  const [short, long] = [prepare(length), prepare(length * TIMES)];
  let [least, most] = [Infinity, Infinity];
  for (let tries = 0; tries < TRIES; tries += 1) {
    least = Math.min(least, leastMs(short));
    most = Math.min(most, leastMs(long));
    if (most < MOST * Math.max(least, LEAST_MS)) return null;
  }
  return `${length} characters: ${least.toFixed(2)} ms, ${TIMES} times as many: ${most.toFixed(1)} ms`;
}

function leastMs(work: () => unknown): number {
  let least = Infinity;
  for (let run = 0; run < RUNS; run += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** So many characters of a unit that is repeated. */
export function repeatTo(length: number, unit: string): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}
