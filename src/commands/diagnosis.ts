import {
  explainClickHouse,
  explainRedis,
  DependencyFailure,
  type DependencyProblem,
} from "../store/problem/dependency-problem.js";
import { fixOf } from "./data-dir.js";

/** What doctor says of one thing: what it found and, unless all is well, what to do. */
export interface Diagnosis {
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  readonly fix?: string;
  /** Nobody answers there, so nothing behind it could be looked at. */
  readonly unreachable?: boolean;
}

/** How long doctor waits for any one answer. */
export const ANSWER_MS = 5_000;

export const ok = (check: string, found: string): Diagnosis => ({ check, state: "ok", found });
export const warn = (check: string, found: string, fix: string): Diagnosis => ({ check, state: "warn", found, fix });
export const fail = (check: string, found: string, fix: string): Diagnosis => ({ check, state: "fail", found, fix });

/** Asks and judges; what goes wrong while asking is a diagnosis too, and never ends the others. */
export async function diagnose(
  check: string,
  service: DependencyProblem["service"],
  judge: () => Promise<Diagnosis | readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return [await judge()].flat();
  } catch (error) {
    const problem = problemOf(service, error);
    if (problem === undefined) throw error;
    return [{ ...fail(check, problem.found, fixOf(problem)), ...(problem.unreachable ? { unreachable: true } : {}) }];
  }
}

/** What an error of asking a service means, or undefined when it is not of its making. */
export function problemOf(service: DependencyProblem["service"], error: unknown): DependencyProblem | undefined {
  if (error instanceof DependencyFailure) return error.problem;
  return service === "Redis" ? explainRedis(error) : explainClickHouse(error);
}
