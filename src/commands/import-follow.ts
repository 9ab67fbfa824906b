import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildReport, NO_EVENTS, sumEvents, type ReadTotals } from "../import/import-report.js";
import { printReport } from "../import/print-report.js";
import { followFiles } from "../import/follow/follow-files.js";
import { PlaceFileError } from "../import/follow/place-file.js";
import { takeLines } from "../import/follow/take-lines.js";
import { readLineBatches } from "../import/follow/read-line-batches.js";
import { noneSent, SendError, sendEvents } from "../import/send-events.js";
import { isUnread } from "./import-unread.js";
import { readTarget } from "./import-target.js";
import type { TextReader } from "../import/read-as.js";
import type { WireEvent } from "../import/wire-event.js";
import { CommandFailure, EXIT, type ExitCode } from "./run-command.js";

const POLL_MS = 500;
/** Where places are kept unless `--state` says it: they are this directory's. */
const USUAL_PLACE_DIR = ".plimsoll-follow";
/** A sentence that is said again before that tells nobody anything. */
const SAY_AGAIN_MS = 60_000;

export interface FollowCommand {
  readonly format: string;
  readonly path: string;
  readonly text: TextReader;
  readonly byPrincipal: boolean;
  readonly totals: ReadTotals;
  readonly state: string | undefined;
  readonly json: boolean;
}

/** `plimsoll import <format> --follow`: sends lines as they are written, until it is asked to stop. */
export async function follow({
  format,
  path,
  text,
  byPrincipal,
  totals,
  state,
  json,
}: FollowCommand): Promise<ExitCode> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  const sent = noneSent();
  let [saidAt, gaps] = [0, 0];
  const onWait = (problem: string) => {
    if (Date.now() - saidAt > SAY_AGAIN_MS) process.stderr.write(`waiting: ${problem}\n`);
    saidAt = Date.now();
  };
  // Nothing is given up: what cannot be sent now stays in the log.
  const patience = { unreachableMs: Infinity, busyMs: Infinity, onWait };
  const [history, live] = [readTarget(true), readTarget(false)];
  const logs = new Set<string>();
  let sums = NO_EVENTS;
  const onEvents = (events: readonly WireEvent[]) => (sums = sumEvents(events, sums));
  const take = async (bytes: Buffer, name: string, isHistory: boolean, log: string) => {
    logs.add(log);
    const batches = await takeLines(bytes, name, { text, byPrincipal, totals, onEvents });
    await sendEvents(batches, { ...(isHistory ? history : live), ...patience }, sent);
  };
  const onGap = (bytes: number, seenAt: number) => {
    gaps += 1;
    const since = new Date(seenAt).toISOString();
    process.stderr.write(
      `a gap: a log that was seen last at ${since} is gone, or packed and damaged, and was not read to its end${bytes > 0 ? ` (${bytes} bytes or more)` : ""}: import it from where it is kept\n`,
    );
  };
  try {
    if (path === "-") {
      for await (const { bytes, name } of readLineBatches(process.stdin, stop.signal))
        await take(bytes, name, false, path);
    } else {
      const placeFile = state ?? usualPlaceFile(format, path);
      process.stderr.write(`following ${path}; its place is kept in ${placeFile}\n`);
      await Promise.race([
        followFiles({ path, placeFile, pollMs: POLL_MS, signal: stop.signal, take, onGap }),
        graceAfter(stop.signal),
      ]);
    }
  } catch (error) {
    if (error instanceof PlaceFileError) throw new CommandFailure(EXIT.usage, error.message);
    if (error instanceof SendError) throw new CommandFailure(EXIT.usage, error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EACCES") throw error;
    throw new CommandFailure(EXIT.usage, `${path} cannot be followed: ${code}`);
  }
  // A log to which nothing was written is there all the same.
  totals.files = logs.size > 0 || (path !== "-" && !existsSync(path)) ? logs.size : 1;
  const report = buildReport(totals, sums, 0, sent);
  process.stdout.write(`${json ? JSON.stringify(report) : printReport(report)}\n`);
  return gaps > 0 || isUnread(totals) ? EXIT.badNews : EXIT.ok;
}

/** A batch that waits for ingest does not hold up a stop: it is sent again at the next start. */
async function graceAfter(signal: AbortSignal): Promise<void> {
  await new Promise((aborted) => signal.addEventListener("abort", aborted, { once: true }));
  await sleep(2000, undefined, { ref: false });
}

function usualPlaceFile(format: string, path: string): string {
  const name = createHash("sha256")
    .update(`${format} ${resolve(path)}`)
    .digest("hex")
    .slice(0, 12);
  return resolve(USUAL_PLACE_DIR, `${basename(path)}-${name}.json`);
}
