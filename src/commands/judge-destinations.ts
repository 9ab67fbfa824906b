import type { Config } from "../config.js";
import { DEFAULT_ROUTE, takesEveryPage, type Destination } from "../destination/destination.js";
import { LATE_PAGE_MS, type CopiesState } from "../model/coverage.js";
import { countedText } from "../text/amounts.js";
import { fail, ok, warn, type Diagnosis } from "./diagnosis.js";

/** What is set for notifications beside PagerDuty, and for PagerDuty: nothing is sent for it. */
export function judgeDestinations(config: Config): readonly Diagnosis[] {
  const destinations = [...config.PLIMSOLL_DESTINATIONS.values()];
  return [judgeRoutingKey(config, destinations), ...destinations.flatMap((one) => judgeOne(one, config))];
}

function judgeRoutingKey(config: Config, destinations: readonly Destination[]): Diagnosis {
  const check = "routing key";
  if (config.PAGERDUTY_ROUTING_KEY !== undefined)
    return ok(check, `configured, pages go to ${config.PAGERDUTY_EVENTS_HOST}`);
  const fix = "set PAGERDUTY_ROUTING_KEY to an Events API v2 integration key";
  if (destinations.length === 0) return warn(check, "not set", `${fix}: without it no page is sent`);
  if (config.PAGERDUTY_ROUTING_KEYS.size > 0)
    return warn(
      check,
      "no default is set",
      `${fix}: without it only keys with a routing_key_ref page through PagerDuty`,
    );
  const everybody = destinations.filter(({ filter }) => takesEveryPage(filter)).map(({ name }) => name);
  return everybody.length > 0
    ? ok(check, `not set: pages go to ${everybody.join(", ")} alone`)
    : fail(
        check,
        "not set, and every destination is limited: some pages reach nobody",
        `${fix}, or lift the limits of a destination`,
      );
}

function judgeOne({ name, type, filter, doubts }: Destination, config: Config): readonly Diagnosis[] {
  const check = `destination ${name}`;
  const known = [DEFAULT_ROUTE, ...config.PAGERDUTY_ROUTING_KEYS.keys()];
  const strange = (filter.routing ?? []).filter((ref) => !known.includes(ref));
  // Without PagerDuty its names are those of the keys' entries alone.
  const unknown = strange.length > 0 && config.PAGERDUTY_ROUTING_KEYS.size > 0;
  const problems = [
    ...doubts,
    ...(unknown
      ? [`its routing names ${strange.join(", ")}, which is not in PAGERDUTY_ROUTING_KEYS (${known.join(", ")})`]
      : []),
  ];
  const limits = [
    ...(filter.severities === null ? [] : [filter.severities.join(" and ")]),
    ...(filter.owners === null ? [] : [`owners ${filter.owners.join(", ")}`]),
    ...(filter.routing === null ? [] : [`routing ${filter.routing.join(", ")}`]),
  ];
  if (problems.length === 0)
    return [ok(check, `${type}, ${limits.length === 0 ? "everything" : `only ${limits.join("; ")}`}`)];
  return problems.map((problem) => warn(check, problem, `correct ${name} in PLIMSOLL_DESTINATIONS`));
}

/** Whether copies arrive at their destinations; `now` is epoch ms. */
export function judgeCopies(states: readonly CopiesState[], now: number): readonly Diagnosis[] {
  return states.flatMap(({ destination, waiting, oldestAt, waitingProblem, failed, problem }) => {
    const isLate = oldestAt !== null && (waitingProblem !== "" || now - oldestAt > LATE_PAGE_MS);
    const parts = [
      ...(isLate
        ? [
            `${countedText(waiting, "notification waits", "notifications wait")}${waitingProblem === "" ? "" : `: ${waitingProblem}`}`,
          ]
        : []),
      ...(failed > 0
        ? [`${countedText(failed, "notification was", "notifications were")} refused within a day: ${problem}`]
        : []),
    ];
    const fix = "see what it says with `plimsoll doctor --send-test`; what waits is tried again for a day";
    return parts.length === 0 ? [] : [warn(`delivery to ${destination}`, parts.join("; "), fix)];
  });
}
