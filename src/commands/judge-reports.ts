import type { Config } from "../config.js";
import type { UnreadReport } from "../model/coverage.js";
import type { Puller } from "../pull/define-puller.js";
import type { Pull } from "../store/pull/provider-pulls.js";
import { HOUR_MS } from "../time/day.js";
import { ok, warn, type Diagnosis } from "./diagnosis.js";
import { spell } from "./doctor-judgements.js";

/** The job runs every ten minutes; what failed for so long beyond its time fails. */
const LATE_MS = HOUR_MS;

/** How far the reports of each provider that has a credential were read, by ClickHouse's clock: `now` is epoch ms. */
export function judgeReports(
  pullers: readonly Puller[],
  config: Config,
  { pulls, unread }: { readonly pulls: readonly Pull[]; readonly unread: readonly UnreadReport[] },
  now: number,
): readonly Diagnosis[] {
  return pullers
    .filter(({ setting }) => config[setting] !== undefined)
    .map(({ name, reports }) => {
      const check = `${name} reports`;
      const fix = `see what it answers: plimsoll pull ${name} --dry-run; \`plimsoll work\` reads them every ten minutes`;
      const of = (report: string) => pulls.find((one) => one.provider === name && one.report === report);
      const never = reports.filter((report) => of(report.name) === undefined).map((report) => report.name);
      const whyOf = (report: string) => {
        const problem = unread.find((one) => one.provider === name && one.report === report)?.problem;
        return problem === undefined ? report : `${report} (${problem})`;
      };
      if (never.length > 0) return warn(check, `never read: ${never.map(whyOf).join(", ")}`, fix);
      const late = reports.filter((report) => now - of(report.name)!.pulledAt > report.everyMs + LATE_MS);
      const oldestMs = now - Math.min(...reports.map((report) => of(report.name)!.pulledAt));
      const found = `last read completely ${spell(Math.max(0, oldestMs))} ago`;
      return late.length === 0
        ? ok(check, found)
        : warn(check, `${found}; not read: ${late.map((report) => whyOf(report.name)).join(", ")}`, fix);
    });
}
