import { readFileSync } from "node:fs";
import type { WholePlimsoll } from "../helpers/whole-plimsoll.js";

const LOOK_EVERY_MS = 1000;

/** What an attack did to the watch, from the begin of the metering to its end. */
export interface AttackFigures {
  /** The longest time in which the live check did not get on, seconds: one a minute is usual. */
  readonly longestStandSeconds: number;
  /** How far the live check was behind at most, seconds: a minute and what it takes to settle are usual. */
  readonly mostBehindSeconds: number;
  readonly longestCheckSeconds: number;
  /** Peak of resident memory, megabytes. */
  readonly workMegabytes: number;
  readonly serveMegabytes: number;
  /** The longest way of an honest row into ClickHouse, seconds. */
  readonly slowestRowSeconds: number;
}

/** Meters a whole Plimsoll from now until `stop`. */
export function meterAttack(plimsoll: WholePlimsoll, pids: { readonly serve: number; readonly work: number }) {
  const startedAt = Date.now();
  let [cursor, movedAt, stand, behind, serve, work] = [0, startedAt, 0, 0, 0, 0];
  const look = async (): Promise<void> => {
    serve = Math.max(serve, peakMegabytes(pids.serve));
    work = Math.max(work, peakMegabytes(pids.work));
    const [row] = await plimsoll.ask<{ cursor: number }>(
      `SELECT toUnixTimestamp(max(tick)) AS cursor FROM check_runs WHERE job = 'check-keys' AND reason = 'live' AND tick <= now()`,
    );
    const now = Date.now();
    const reached = row?.cursor ?? 0;
    if (reached > cursor) [cursor, movedAt] = [reached, now];
    stand = Math.max(stand, now - movedAt);
    behind = Math.max(behind, now - cursor * 1000);
  };
  let underWay = Promise.resolve();
  const timer = setInterval(() => {
    underWay = underWay.then(look).catch(() => undefined);
  }, LOOK_EVERY_MS);
  return {
    stop: async (): Promise<AttackFigures> => {
      clearInterval(timer);
      await underWay;
      await look();
      const since = `fromUnixTimestamp64Milli(toInt64(${startedAt}))`;
      const [checks] = await plimsoll.ask<{ ms: number }>(
        `SELECT max(duration_ms) AS ms FROM check_runs WHERE job = 'check-keys' AND recorded_at >= ${since}`,
      );
      const [rows] = await plimsoll.ask<{ ms: number }>(
        `SELECT max(toUnixTimestamp64Milli(ingested_at) - toUnixTimestamp64Milli(ts)) AS ms FROM requests
         WHERE key_id LIKE 'honest\\\\_%' AND ts >= ${since}`,
      );
      return {
        longestStandSeconds: seconds(stand),
        mostBehindSeconds: seconds(behind),
        longestCheckSeconds: seconds(checks?.ms ?? 0),
        workMegabytes: Math.round(work),
        serveMegabytes: Math.round(serve),
        slowestRowSeconds: seconds(rows?.ms ?? 0),
      };
    },
  };
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;

/** Linux keeps the highest resident size of a process. */
function peakMegabytes(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
