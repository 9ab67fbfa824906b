import { countUsage, forgetPeak } from "../ingest/process-usage.js";

/** The steps that a day consists of. */
export const USUAL_CHECK = "usual check of a minute";
export const READING_AHEAD = "reading ahead, each quarter";
export const READING_AHEAD_OF_HOUR = "reading ahead of an hour";
export const READING_AHEAD_OF_DAY = "reading ahead of a day";
export const LEARNING = "learning a closed day";

/** What a process of its own is to do. */
export interface StepOrder {
  readonly work: "learning" | "checks";
  readonly keys: number;
  /** Up to when roll-ups were filled (epoch ms), a midnight. */
  readonly hour: number;
  /** The closed day that is learned, `YYYY-MM-DD`. */
  readonly day: string;
  /** Usual checks that are measured. */
  readonly rounds: number;
  /** Of ClickHouse; null where that was started by others. */
  readonly serverPid: number | null;
}

/** What a step took. */
export interface MeasuredStep {
  readonly step: string;
  readonly seconds: number;
  /** CPU seconds of the process that stands for `work`. */
  readonly nodeCpu: number;
  /** CPU seconds of ClickHouse, with what it merged meanwhile; null where it was started by others. */
  readonly serverCpu: number | null;
  /** Highest resident memory of the process meanwhile, MiB. */
  readonly rssMib: number;
  readonly serverRssMib: number | null;
}

/** Does a step and says what it took of this process and of ClickHouse. */
export async function measureStep(
  step: string,
  serverPid: number | null,
  run: () => Promise<unknown>,
): Promise<MeasuredStep> {
  const pids: Record<string, number> = { node: process.pid, ...(serverPid === null ? {} : { server: serverPid }) };
  for (const pid of Object.values(pids)) forgetPeak(pid);
  const [used, usedOfAll] = [process.cpuUsage(), countUsage(pids)];
  const startedAt = performance.now();
  await run();
  const seconds = (performance.now() - startedAt) / 1000;
  const [{ user, system }, { cpu, rssPeakMib }] = [process.cpuUsage(used), usedOfAll()];
  return {
    step,
    seconds,
    nodeCpu: (user + system) / 1_000_000,
    serverCpu: cpu["server"] ?? null,
    rssMib: rssPeakMib["node"]!,
    serverRssMib: rssPeakMib["server"] ?? null,
  };
}
