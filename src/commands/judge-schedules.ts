import type { ScheduleState } from "../queue/judge-schedule.js";
import { fail, ok, warn, type Diagnosis } from "./diagnosis.js";
import { spell } from "./doctor-judgements.js";

/** Every job is due at least once a day; a run that is this late has no worker. */
const OVERDUE_MS = 5 * 60_000;

/** A job's schedule as Redis holds it; `nextAt` is epoch ms. */
export interface JobSchedule {
  readonly job: string;
  readonly state: ScheduleState;
  readonly nextAt: number | null;
}

const WORK = "start `plimsoll work`, which declares the schedules and runs the jobs";
const IN_STEP =
  "`plimsoll work` rewrites the schedules every minute while its clock is right: see its log and `clocks`";

/** When each job runs next; absent and impossible schedules fail, except that none is there before anything was checked. */
export function judgeSchedules(schedules: readonly JobSchedule[], now: number, hasChecked: boolean): Diagnosis {
  const of = (...states: ScheduleState[]) => schedules.filter(({ state }) => states.includes(state));
  const absent = of("absent");
  if (absent.length > 0) {
    const found = `missing: ${absent.map(({ job }) => job).join(", ")}`;
    return absent.length === schedules.length && !hasChecked
      ? warn("schedules", found, WORK)
      : fail("schedules", found, WORK);
  }
  const wrong = of("too_far", "broken", "changed");
  if (wrong.length > 0) {
    const found = wrong.map((one) => `${nextRun(one, now)} (${WRONG[one.state] ?? one.state})`).join(", ");
    return fail("schedules", found, IN_STEP);
  }
  const overdue = schedules.filter(({ nextAt }) => nextAt !== null && nextAt < now - OVERDUE_MS);
  if (overdue.length > 0)
    return warn("schedules", `overdue, no worker runs them: ${overdue.map(({ job }) => job).join(", ")}`, WORK);
  return ok("schedules", `next runs: ${schedules.map((one) => nextRun(one, now)).join(", ")}`);
}

const WRONG: Partial<Record<ScheduleState, string>> = {
  too_far: "later than one period from now",
  broken: "its job is lost",
  changed: "from another version",
};

function nextRun({ job, nextAt }: JobSchedule, now: number): string {
  const inMs = (nextAt ?? now) - now;
  return inMs < 0 ? `${job} due ${spell(-inMs)} ago` : `${job} in ${spell(inMs)}`;
}
