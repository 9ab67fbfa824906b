import { median, quantile } from "../ingest/medians.js";
import {
  LEARNING,
  READING_AHEAD,
  READING_AHEAD_OF_DAY,
  READING_AHEAD_OF_HOUR,
  USUAL_CHECK,
  type MeasuredStep,
} from "./measured-step.js";

/** A step over all its rounds. */
export interface Row {
  readonly step: string;
  /** The median. */
  readonly seconds: number;
  readonly p95Seconds: number;
  /** Means: the kernel counts in hundredths of a second. */
  readonly nodeCpu: number;
  readonly serverCpu: number | null;
  /** The highest. */
  readonly rssMib: number;
  readonly serverRssMib: number | null;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One row for each step, in order. */
export function sumSteps(steps: readonly MeasuredStep[]): Row[] {
  return [...new Set(steps.map(({ step }) => step))].map((step) => {
    const rounds = steps.filter((one) => one.step === step);
    const [seconds, server] = [rounds.map((one) => one.seconds), rounds.flatMap((one) => one.serverCpu ?? [])];
    const serverRss = rounds.flatMap((one) => one.serverRssMib ?? []);
    return {
      step,
      seconds: round(median(seconds)),
      p95Seconds: round(quantile(seconds, 0.95)),
      nodeCpu: round(mean(rounds.map((one) => one.nodeCpu))),
      serverCpu: server.length === 0 ? null : round(mean(server)),
      rssMib: Math.max(...rounds.map((one) => one.rssMib)),
      serverRssMib: serverRss.length === 0 ? null : Math.max(...serverRss),
    };
  });
}

/** How often a day has each step. */
const TIMES_A_DAY: Readonly<Record<string, number>> = {
  [USUAL_CHECK]: 24 * 60,
  [READING_AHEAD]: 24 * 3,
  [READING_AHEAD_OF_HOUR]: 23,
  [READING_AHEAD_OF_DAY]: 1,
  [LEARNING]: 1,
};

/** CPU seconds of checking and learning 1,000 keys for a day, by what was measured of `keys`; null what was not measured. */
export function dayOf1000(rows: readonly Row[], keys: number) {
  const sum = (cpu: "nodeCpu" | "serverCpu") => {
    const taken = rows.map((row) => (row[cpu] ?? NaN) * (TIMES_A_DAY[row.step] ?? 0));
    const seconds = Math.round((taken.reduce((all, one) => all + one, 0) * 1000) / keys);
    return Number.isNaN(seconds) ? null : seconds;
  };
  return { nodeCpu: sum("nodeCpu"), serverCpu: sum("serverCpu") };
}
