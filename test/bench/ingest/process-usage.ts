import { readFileSync, writeFileSync } from "node:fs";

/** The kernel counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** What some processes have used since a moment. */
export interface Usage {
  /** CPU seconds by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Highest resident memory by process since it was started or its peak was forgotten, MiB. */
  readonly rssPeakMib: Readonly<Record<string, number>>;
}

/** Begins to count what processes use, by their ids; the second function ends it. Linux only. */
export function countUsage(pids: Readonly<Record<string, number>>): () => Usage {
  const before = mapValues(pids, cpuSeconds);
  return () => ({
    cpu: mapValues(pids, (pid, name) => cpuSeconds(pid) - before[name]!),
    rssPeakMib: mapValues(pids, rssPeakMib),
  });
}

/** Has the highest resident memory of a process count from now on. Linux only. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function cpuSeconds(pid: number): number {
  // The name of the program stands in brackets and may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function rssPeakMib(pid: number): number {
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024);
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, of: (value: In, key: string) => Out) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value, key)])) as Record<string, Out>;
}
