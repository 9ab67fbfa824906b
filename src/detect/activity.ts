import { WINDOW_MINUTES, type PerWindow } from "../model/finding/window.js";
import { MINUTE_MS } from "../time/day.js";
import { PAUSE_MINUTES, type Activity } from "../model/finding/activity.js";

/** What nobody is blamed for is noisy: so many minutes are looked at together. */
const BLOCK_MINUTES = 5;

/** Of requests that are blamed one by one, minute by minute from the onset to the tick (epoch ms). */
export function activityOfBlamed(
  of: Exclude<Activity["of"], "unexpected">,
  counts: readonly number[],
  tick: number,
): Activity {
  return activity(
    of,
    counts,
    counts.findLastIndex((count) => count > 0),
    tick,
  );
}

/** Of requests beyond what was expected, both minute by minute from the onset to the tick (epoch ms): the last block with half of the usual excess. */
export function activityOfUnexpected(counts: readonly number[], expected: readonly number[], tick: number): Activity {
  const excess = counts.map((count, minute) => count - expected[minute]!);
  const usualExcess = sumOf(excess) / Math.max(1, excess.length);
  const isRaised = (minute: number) => {
    // Right after the onset a block has fewer minutes, and half of what these usually have is enough.
    const from = Math.max(0, minute + 1 - BLOCK_MINUTES);
    const half = (usualExcess * (minute + 1 - from)) / 2;
    const noise = Math.sqrt(Math.max(0, sumOf(expected.slice(from, minute + 1))));
    return counts[minute]! > 0 && sumOf(excess.slice(from, minute + 1)) >= Math.max(half, noise);
  };
  return activity(
    "unexpected",
    excess,
    counts.findLastIndex((_, minute) => isRaised(minute)),
    tick,
  );
}

/** Of requests in each window before the tick. */
export function activityOfWindows(of: Activity["of"], requests: PerWindow): Activity {
  const first = requests.findIndex((count) => count > 0);
  const quiet = first === 0 ? 0 : WINDOW_MINUTES[(first === -1 ? requests.length : first) - 1]!;
  const perMinute = Math.max(0, requests[0]) / WINDOW_MINUTES[0];
  return { of, is_going_on: quiet === 0, last_at: null, quiet_minutes: quiet, per_minute: oneDigit(perMinute) };
}

function activity(of: Activity["of"], values: readonly number[], last: number, tick: number): Activity {
  const quiet = values.length - 1 - last;
  const lately = values.slice(-PAUSE_MINUTES);
  return {
    of,
    is_going_on: last >= 0 && quiet < PAUSE_MINUTES,
    last_at: last < 0 ? null : new Date(tick - (quiet + 1) * MINUTE_MS).toISOString(),
    quiet_minutes: quiet,
    per_minute: oneDigit(Math.max(0, sumOf(lately)) / Math.max(1, lately.length)),
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const oneDigit = (value: number) => Math.round(value * 10) / 10;
