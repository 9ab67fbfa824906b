import type { Config } from "../config.js";
import type { CheckLag, CheckState } from "../pipeline/view/check-state.js";
import { NetworksFileError, readNetworksFile } from "../store/networks/networks-file.js";
import { countedText } from "../text/amounts.js";
import { LATE_PAGE_MS, type DeliveryState } from "../model/coverage.js";
import { judgeDestinations } from "./judge-destinations.js";
import { judgeGuards } from "./judge-guards.js";
import { fail, ok, warn, type Diagnosis } from "./diagnosis.js";

/** The oldest ClickHouse whose query results were compared with today's. */
const CLICKHOUSE_MIN = [24, 8] as const;
/** BullMQ's own recommendation; below 5 it refuses to run. */
const REDIS_MIN = [6, 2] as const;
/** Two seconds move no event into another minute's check; thirty are the time that a minute settles. */
const SKEW_WARN_MS = 2_000;
const SKEW_FAIL_MS = 30_000;
/** Sources send events or a heartbeat each minute. */
const SILENCE_MS = 10 * 60_000;

/** What the environment has and lacks; all of it parsed. */
export function judgeSettings(config: Config): readonly Diagnosis[] {
  const isSet = (check: string, is: boolean, found: string, fix: string) =>
    is ? ok(check, found) : warn(check, "not set", fix);
  return [
    ok("configuration", "every value is valid"),
    isSet(
      "ingest tokens",
      config.PLIMSOLL_INGEST_TOKENS.length > 0,
      `${config.PLIMSOLL_INGEST_TOKENS.length} configured`,
      "set PLIMSOLL_INGEST_TOKENS=name=token (16+ characters): without it no event is accepted",
    ),
    isSet(
      "dashboard tokens",
      config.PLIMSOLL_READ_TOKENS.length + config.PLIMSOLL_ADMIN_TOKENS.length > 0,
      `${config.PLIMSOLL_READ_TOKENS.length} read, ${config.PLIMSOLL_ADMIN_TOKENS.length} admin`,
      "set PLIMSOLL_READ_TOKENS or PLIMSOLL_ADMIN_TOKENS=name=token (16+ characters): without them nobody can sign in to the dashboard",
    ),
    isSet(
      "key pepper",
      config.PLIMSOLL_KEY_PEPPER !== undefined,
      "configured",
      "set PLIMSOLL_KEY_PEPPER to 32+ random bytes (openssl rand -hex 32): without it raw keys are not accepted",
    ),
    ...judgeDestinations(config),
    ...judgeGuards(config),
    isSet(
      "base URL",
      config.PLIMSOLL_BASE_URL !== undefined,
      "configured",
      "set PLIMSOLL_BASE_URL to the URL of the dashboard (`plimsoll serve`): without it, incidents in PagerDuty do not link to it",
    ),
    ...(config.PLIMSOLL_NETWORKS_FILE === undefined ? [] : [judgeNetworksFile(config.PLIMSOLL_NETWORKS_FILE)]),
  ];
}

/** The operator's networks, as `serve`, `work` and `up` read them at their start. */
function judgeNetworksFile(path: string): Diagnosis {
  const check = "networks file";
  try {
    readNetworksFile(path);
    return ok(check, `${path} is valid`);
  } catch (error) {
    if (!(error instanceof NetworksFileError)) throw error;
    return fail(check, error.message, "correct that file, or the path in PLIMSOLL_NETWORKS_FILE, or unset it");
  }
}

/** A server's version against the oldest that is supported. */
export function judgeVersion(service: "ClickHouse" | "Redis", version: string): Diagnosis {
  const [major, minor] = service === "Redis" ? REDIS_MIN : CLICKHOUSE_MIN;
  const [hasMajor = NaN, hasMinor = NaN] = version.split(".").map(Number);
  const check = `${service} version`;
  if (Number.isNaN(hasMajor + hasMinor))
    return warn(check, `unrecognised: "${version.slice(0, 40)}"`, `use ${major}.${minor} or later`);
  const isEnough = hasMajor > major || (hasMajor === major && hasMinor >= minor);
  return isEnough ? ok(check, version) : fail(check, version, `upgrade ${service} to ${major}.${minor} or later`);
}

/** Migrations that the database lacks. */
export function judgeMigrations(missing: readonly string[]): Diagnosis {
  if (missing.length === 0) return ok("migrations", "all applied");
  const names = `${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}`;
  return fail("migrations", `${missing.length} missing: ${names}`, "run `plimsoll migrate`");
}

/** A clock as it was read from here: the truth lies within `uncertaintyMs` of the offset. */
export interface ClockReading {
  readonly of: string;
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
}

/** What a server's clock (epoch ms) says against this machine's, which asked at `askedAt`: the server looked at its clock at some moment between asking and now. */
export function readAgainst(of: string, thereMs: number, askedAt: number): ClockReading {
  const uncertaintyMs = (Date.now() - askedAt) / 2;
  return { of, offsetMs: thereMs - (askedAt + uncertaintyMs), uncertaintyMs };
}

/** Every two clocks against each other; this machine's is the one with offset 0. */
export function judgeClocks(readings: readonly ClockReading[]): Diagnosis {
  const clocks = [{ of: "this machine", offsetMs: 0, uncertaintyMs: 0 }, ...readings];
  const pairs = clocks.flatMap((one, index) =>
    clocks.slice(index + 1).map((other) => ({
      of: `${one.of} and ${other.of}`,
      skewMs: Math.max(0, Math.abs(one.offsetMs - other.offsetMs) - one.uncertaintyMs - other.uncertaintyMs),
    })),
  );
  const worst = pairs.toSorted((one, other) => other.skewMs - one.skewMs)[0];
  if (worst === undefined) return warn("clocks", "no other clock could be read", "repair the connections first");
  const found = `${worst.of} differ by ${(worst.skewMs / 1000).toFixed(1)} s`;
  const fix = "let NTP (chrony or systemd-timesyncd) set the clocks of all machines";
  if (worst.skewMs > SKEW_FAIL_MS) return fail("clocks", found, fix);
  return worst.skewMs > SKEW_WARN_MS ? warn("clocks", found, fix) : ok("clocks", found);
}

/** When ingest was last heard, by ClickHouse's clock: `now`, `writtenAt` and `minuteAt` are epoch ms. */
export function judgeIngest(
  observed: { readonly source: string; readonly writtenAt: number; readonly minuteAt: number } | null,
  now: number,
): Diagnosis {
  const fix =
    "send events or empty heartbeats to POST /v1/events every minute; check `plimsoll serve`, `plimsoll work` and the sender";
  if (observed === null) return warn("ingest", "no events received yet", fix);
  const silentMs = Math.max(0, now - observed.writtenAt);
  const lagMs = Math.max(0, now - observed.minuteAt - 60_000);
  const found = `last events received ${spell(silentMs)} ago, from ${observed.source}; its newest minute ended ${spell(lagMs)} ago`;
  return silentMs > SILENCE_MS || lagMs > SILENCE_MS ? warn("ingest", found, fix) : ok("ingest", found);
}

/** How far checks and learning have come, each with the reason why no further. */
export function judgeCheckState({ checkedUntil, checks, learning }: CheckState): readonly Diagnosis[] {
  const until = checkedUntil === null ? "" : `, until ${new Date(checkedUntil).toISOString().slice(0, 16)}Z`;
  const fixes: Partial<Record<CheckLag, string>> = {
    standing: "see the log of `plimsoll work`; missed minutes are checked afterwards",
    no_source_reporting:
      "send events or empty heartbeats to POST /v1/events every minute: until then no key is watched",
  };
  const fix = checks === null ? undefined : fixes[checks.reason];
  const found = (checks?.text ?? "up to date") + until;
  return [
    fix === undefined ? ok("checks", found) : warn("checks", found, fix),
    ok("baselines", learning?.text ?? "up to date"),
  ];
}

/** What the table of networks holds; null when it was never filled. `now` is epoch ms. */
export function judgeNetworks(
  state: { readonly prefixes: number; readonly version: string; readonly refreshedAt: number } | null,
  now: number,
): Diagnosis {
  const fix = "start `plimsoll work`, or run `plimsoll run refresh-networks`: without it analysts see no network names";
  if (state === null) return warn("networks", "the table of networks is empty", fix);
  const age = spell(Math.max(0, now - state.refreshedAt));
  return ok("networks", `${state.prefixes.toLocaleString("en")} blocks of ${state.version}, filled ${age} ago`);
}

/** Whether pages arrive at PagerDuty. `now` is epoch ms. */
export function judgePages(
  { waiting, oldestAt, waitingProblem, failed, problem }: DeliveryState,
  now: number,
): Diagnosis {
  const fix = "see what it says with `plimsoll doctor --send-test`; a page that waits is tried again until it arrives";
  if (oldestAt !== null && (waitingProblem !== "" || now - oldestAt > LATE_PAGE_MS)) {
    const why = waitingProblem === "" ? "" : `: ${waitingProblem}`;
    return warn(
      "pages",
      `${countedText(waiting, "page waits", "pages wait")}, the oldest for ${spell(now - oldestAt)}${why}`,
      fix,
    );
  }
  if (failed > 0)
    return warn("pages", `${countedText(failed, "page was", "pages were")} refused within a day: ${problem}`, fix);
  return ok("pages", "none waits, none was refused within a day");
}

/** A span in words: seconds below two minutes, hours from two hours on. */
export function spell(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
